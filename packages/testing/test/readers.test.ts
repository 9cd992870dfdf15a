import { compile, memoryHost } from "@writ/policy";
import { describe, expect, test } from "vitest";
import { runPolicyTests } from "../src/policy-tester.js";

const POLICY = `policy leak @ 1
use std.identity
use std.labels
use std.tiers
taint value
identity session { participants: [Email] }
role owner { user.groups has "owners" }
type Mail { sender: Email claimed, text: Text untrusted }
tool mail.list () -> [Mail] { effect read  risk low  labels confidential  readers result.sender }
tool mail.send (to: Email, body: Text) -> Id { effect egress  risk low  sink to  labels trusted }
allow look on mail.list { for owner }
allow send on mail.send { when to in session.participants }
flow confidential -> egress forbid { unless every sinks in readers }
flow untrusted -> egress ask { from owner }
test "what two wrote goes to neither of them" {
  as    owner with session.participants = ["ann@a.de", "bob@a.de"]
  call  mail.list() => allow returns [{ sender: "ann@a.de", text: "from ann" }, { sender: "bob@a.de", text: "from bob" }]
  call  mail.send(to: "ann@a.de", body: $1) => forbid by confidential_to_egress
}
test "what one wrote goes to that one" {
  as    owner with session.participants = ["ann@a.de", "bob@a.de"]
  call  mail.list() => allow returns [{ sender: "ann@a.de", text: "from ann" }]
  call  mail.send(to: "ann@a.de", body: $1) => ask by untrusted_to_egress
}
`;

describe("readers of a list of records", () => {
  test("are those who may read every element, not those who may read one", async () => {
    const { bundle, tests, diagnostics } = await compile("leak.policy", memoryHost({ "leak.policy": POLICY }));
    expect(diagnostics.filter((one) => one.severity === "error")).toEqual([]);
    if (bundle === undefined) throw new Error("no bundle");
    const report = await runPolicyTests({ bundle, tests });
    expect(report.tests.map(({ name, ok }) => [name, ok])).toEqual(tests.map(({ name }) => [name, true]));
  });
});
