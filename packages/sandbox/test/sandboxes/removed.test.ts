import { expect, test } from "vitest";
import {
  bubblewrap,
  code,
  containerBackend,
  gvisorBackend,
  landlock,
  sandboxes,
  wasmBackend,
  type CodeTool,
} from "../../src/index.js";
import { benchWith } from "../guard/fake-sandbox.js";

/*
 * What stands behind each tier taken away in turn, the rest as this machine has it. QuickJS is part of the package, and is
 * taken away in test/wasm/absent.test.ts.
 */

const GONE = "/nonexistent/tool";

const never = (): never => {
  throw new Error("the host's function was called");
};

test.each<[string, string, CodeTool["language"], RegExp]>([
  ["bubblewrap and perl", "process", "shell", /bubblewrap is not on this machine.*apt-get install/s],
  ["the engine's socket", "container", "javascript", /no socket at \/nonexistent\/tool/],
  ["the engine's socket", "container", "shell", /no socket at \/nonexistent\/tool/],
  ["the engine's socket", "gvisor", "javascript", /no socket at \/nonexistent\/tool/],
])(
  "lesson 14: without %s a call of tier %s by %s is refused with the reason, and runs in nothing weaker",
  async (_gone, isolation, language, why) => {
    const engine = { socket: GONE };
    const backends = [
      ...(isolation === "process"
        ? [bubblewrap({ bwrap: GONE }), landlock({ perl: GONE })]
        : [bubblewrap(), landlock()]),
      wasmBackend(),
      containerBackend({ engine }),
      gvisorBackend({ engine }),
    ];
    const policy = `policy removed
tier high { isolate ${isolation} }
tool run.it (program: Text) -> Json { effect exec  risk high }
allow it on run.it {}
`;
    const { guard, session, audit } = await benchWith(
      policy,
      sandboxes({ tools: { "run.it": code(language, "program") }, backends }),
    );
    const outcome = await session.call({ tool: "run.it", args: { program: "return 1" } }, never);
    expect(outcome).toMatchObject({ status: "refused", cause: "tier" });
    expect(outcome.explanation.join("\n")).toMatch(why);
    expect(guard.unavailable).toMatchObject([{ tier: "high", why: expect.stringMatching(/./) as string }]);
    const records = audit.records();
    expect(records.filter(({ type }) => type === "outcome")).toEqual([]);
    expect(records.findLast(({ type }) => type === "intent")).toMatchObject({ tool: "run.it", effect: "forbid" });
    await guard.close();
  },
  120_000,
);
