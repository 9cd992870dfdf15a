import { describe, expect, it } from "vitest";
import { decide, loadProgram } from "../src/decide.js";
import { allow, ask, bundle, forbid, no, tool, unknown } from "./bundle.js";

const nobody = { user: {}, agent: {}, session: {} };

describe("a decision alone (@writ/runtime/decide)", () => {
  it("says the effect and what made it, and puts the reasons together when asked", async () => {
    const program = await loadProgram(
      bundle(
        [tool("t"), tool("u"), tool("v")],
        [
          allow("a", ["t", "u", "v"]),
          forbid("f", ["u"], unknown),
          forbid("g", ["u"]),
          forbid("h", ["t"], no),
          ask("q", ["v"]),
        ],
      ),
    );
    const ruling = (name: string, args = {}) => decide(program, { tool: name, args, identity: nobody, now: 0 });
    expect(ruling("t")).toMatchObject({ effect: "allow", by: "a" });
    expect(ruling("u")).toMatchObject({ effect: "forbid", by: "f" });
    expect(ruling("u").decision.reasons).toEqual([
      { by: "f", kind: "forbid", truth: "unknown" },
      { by: "g", kind: "forbid", truth: "true" },
    ]);
    expect(ruling("v")).toMatchObject({ effect: "ask", by: "q" });
    expect(ruling("w")).toMatchObject({ effect: "forbid", by: "input" });
    expect(ruling("t", { extra: 1 })).toMatchObject({ effect: "forbid", by: "input" });
    expect(ruling("t", { extra: 1 }).decision.fault).toMatchObject({ code: "unknown_field", path: "extra" });
  });
});
