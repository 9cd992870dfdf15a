import { describe, expect, it } from "vitest";
import { DoubtfulTracker } from "../../src/audit/doubtful.js";
import type { RecordBody } from "../../src/audit/record.js";
import { DIGEST, intentRecord, outcomeRecord, policyRecord } from "./records.js";

function doubtful(...bodies: RecordBody[]): number[] {
  const tracker = new DoubtfulTracker();
  for (const [seq, body] of bodies.entries()) tracker.observe({ ...body, seq });
  return tracker.result().map((call) => call.seq);
}

function approval(n: number, state: "granted" | "rejected" | "used"): RecordBody {
  return { type: "approval", at: 1, session: "s_1", call: `c_${n}`, approval: "a", state, binding: DIGEST };
}

describe("doubtful calls", () => {
  it("are those that were allowed and have no outcome", () => {
    expect(doubtful(policyRecord(), intentRecord(1), intentRecord(2), outcomeRecord(1))).toEqual([2]);
    expect(doubtful(intentRecord(1), outcomeRecord(1, { session: "s_2" }))).toEqual([0]);
  });

  it("are not those that were refused or wait for a person", () => {
    expect(
      doubtful(intentRecord(1, { effect: "forbid" }), intentRecord(2, { effect: "ask" }), approval(2, "granted")),
    ).toEqual([]);
  });

  it("are those whose approval was used once their own intent is there, and those of a shadow run, whatever was decided", () => {
    expect(doubtful(intentRecord(2, { effect: "ask" }), approval(2, "granted"), approval(2, "used"))).toEqual([]);
    expect(doubtful(intentRecord(2, { effect: "ask" }), approval(2, "used"), intentRecord(3))).toEqual([2]);
    expect(doubtful({ ...policyRecord(), mode: "shadow" }, intentRecord(1, { effect: "forbid" }))).toEqual([1]);
  });

  it("stay so when the call is refused later under the same id", () => {
    expect(doubtful(intentRecord(1), intentRecord(1, { effect: "forbid" }), intentRecord(1))).toEqual([0]);
  });
});
