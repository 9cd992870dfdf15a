import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildImages } from "../../src/images/build-images.js";
import { code, proveMachine, sandboxes } from "../../src/index.js";
import { benchWith, type Bench } from "../guard/fake-sandbox.js";

/*
 * What the record of a guard says of programs that mean harm, in every tier of this machine. How long each took is printed, and
 * compared with nothing: a busy machine would fail it.
 */

const never = (): never => {
  throw new Error("the host's function was called");
};

const policy = (isolate: string): string => `policy hostile
tier high { isolate ${isolate}  time 3s  memory 128MB  processes 8 }
tool run.shell (program: Text) -> Json { effect exec  risk high }
tool run.script (program: Text) -> Json { effect exec  risk high }
allow shells on run.shell {}
allow scripts on run.script {}
`;

interface Hostile {
  readonly does: string;
  readonly tool: "run.shell" | "run.script";
  readonly program: string;
  /** The reason that the record has, one of these. */
  readonly ends: readonly string[];
}

const HOSTILE: readonly Hostile[] = [
  {
    does: "1 GiB of output, by a shell",
    tool: "run.shell",
    program: "head -c 1073741824 /dev/zero | tr '\\0' x",
    ends: ["output"],
  },
  {
    does: "1 GiB of output",
    tool: "run.script",
    program: "const line = 'x'.repeat(1 << 20); for (let n = 0; n < 1024; n += 1) console.log(line);",
    ends: ["output"],
  },
  {
    does: "a bomb of processes",
    tool: "run.shell",
    program: "bomb() { bomb | bomb & }; (bomb) & while :; do :; done",
    // gVisor ends a program with more processes than there may be; elsewhere it has no more, and goes on.
    ends: ["timeout", "died"],
  },
  {
    does: "a bomb of memory",
    tool: "run.script",
    program: "const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1));",
    ends: ["memory"],
  },
  { does: "a spin", tool: "run.script", program: "for (;;);", ends: ["timeout"] },
  {
    does: "a child that sleeps and hears no SIGTERM",
    tool: "run.shell",
    program: "trap '' TERM INT HUP QUIT; (trap '' TERM INT HUP QUIT; sleep 600) & wait; sleep 600",
    ends: ["timeout"],
  },
];

let missing = new Map<string, string>();
beforeAll(async () => {
  if (process.env["WRIT_EXPECT_TIERS"] !== undefined) await buildImages();
  const proofs = await proveMachine();
  missing = new Map(proofs.flatMap((proof) => (proof.ok ? [] : [[proof.isolation, proof.why]])));
}, 300_000);

describe.each(["process", "wasm", "container", "gvisor"])("programs that mean harm, in %s", (isolation) => {
  let bench: Bench | undefined;
  beforeAll(async () => {
    if (missing.has(isolation)) return;
    const tools = { "run.shell": code("shell", "program"), "run.script": code("javascript", "program") };
    bench = await benchWith(policy(isolation), sandboxes({ tools, pool: { ready: 1 } }));
  }, 300_000);
  afterAll(async () => await bench?.guard.close());

  beforeEach((context) => {
    const why = missing.get(isolation);
    if (why !== undefined) context.skip(`${isolation}: ${why}`);
  });

  // QuickJS runs no shell, and a call of one would be placed in a higher tier.
  test.each(HOSTILE.filter(({ tool }) => isolation !== "wasm" || tool === "run.script"))(
    "lesson 15: $does ends with its reason on record, and the next call is served",
    { timeout: 120_000 },
    async ({ does, tool, program, ends }) => {
      if (bench === undefined) throw new Error("no guard");
      const { session, audit } = bench;
      const begun = performance.now();
      expect(await session.call({ tool, args: { program } }, never)).toMatchObject({ status: "failed" });
      const took = performance.now() - begun;
      const records = audit.records();
      const intent = records.findLast((record) => record.type === "intent");
      const outcome = records.findLast((record) => record.type === "outcome");
      console.log(
        `${isolation}: ${does}: ${outcome?.type === "outcome" ? outcome.error : "no outcome"} after ${(took / 1000).toFixed(1)} s of at most 3`,
      );
      expect(intent).toMatchObject({ effect: "allow", isolation: { tier: "high" } });
      expect(outcome).toMatchObject({ tool });
      expect(ends).toContain(outcome?.type === "outcome" ? outcome.error : undefined);
      const after = await session.call({ tool: "run.script", args: { program: "return 7" } }, never);
      expect(after).toMatchObject({ status: "done", result: 7 });
    },
  );
});
