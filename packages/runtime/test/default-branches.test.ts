import { afterEach, describe, expect, it, vi } from "vitest";
import { ApprovalDesk } from "../src/approvals/desk.js";
import { Decided } from "../src/evaluate/decided.js";
import { Journal } from "../src/call/journal.js";
import { allow, ask, bundle } from "./bundle.js";
import { bench, pay, types } from "./guard-bench.js";

/*
 * What a part of the guard may answer is known to the compiler. Where one answers something else all the same (a version of
 * the store that is newer, a mistake of ours), the call is not made.
 */
const odd = (value: object): never => value as never;
const granted = bundle([pay], [allow("ok", ["pay"])]);
const asked = bundle([pay], [ask("people", ["pay"])]);

async function made(policy: typeof granted, callId?: string) {
  const on = await bench(policy);
  const session = await on.session();
  let ran = 0;
  const call = { tool: "pay", args: { to: "x" }, ...(callId === undefined ? {} : { callId }) };
  const outcome = await session.call(call, () => (ran += 1));
  return { ran, outcome, types: types(on) };
}

describe("an answer that nobody knows runs nothing", () => {
  afterEach(() => vi.restoreAllMocks());

  it("of an approval's standing: refused, and an incident", async () => {
    vi.spyOn(ApprovalDesk.prototype, "standing").mockResolvedValue(odd({ kind: "probably" }));
    const { ran, outcome, types: log } = await made(asked);
    expect([ran, outcome.status]).toEqual([0, "refused"]);
    expect(outcome).toMatchObject({ cause: "fault" });
    expect(log.at(-1)).toBe("incident");
  });

  it("of a decision's effect: refused and recorded as such", async () => {
    vi.spyOn(Decided.prototype, "decision", "get").mockReturnValue(
      odd({ format: "writ.decision/1", effect: "perhaps", reasons: [], demands: [], limits: [] }),
    );
    const { ran, outcome, types: log } = await made(granted);
    expect([ran, outcome.status]).toEqual([0, "refused"]);
    expect(log.at(-1)).toBe("intent:forbid");
  });

  it("of the journal: the call counts as begun, and is not made again", async () => {
    vi.spyOn(Journal.prototype, "look").mockResolvedValue(odd({ state: "later" }));
    const { ran, outcome } = await made(granted, "c1");
    expect([ran, outcome.status]).toEqual([0, "failed"]);
    expect(outcome).toMatchObject({ cause: "unknown" });
  });
});
