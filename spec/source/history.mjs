import { allow, call, forbid, none, rules } from "./author.mjs";

const NOW = Date.UTC(2026, 0, 5, 10);
const TOOLS = "tool run (cmd: Line) -> { exit: Int } { effect read  risk low }\ntool edit (p: Path) { effect write  risk low }\ntool push () { effect delete  risk low }\nallow a on * { }\n";
const run = (minutes, more = {}) => ({ tool: "run", args: { cmd: "test" }, at: NOW - minutes * 60_000, outcome: "ok", result: { exit: 0 }, ...more });
const edit = (minutes, more = {}) => ({ tool: "edit", args: { p: "/x" }, at: NOW - minutes * 60_000, outcome: "ok", ...more });
const push = (expect, ...calls) => call("push", {}, expect, calls.length === 0 ? {} : { calls });
const A = allow("a");
const R = forbid("r");
const U = forbid("r?");

export const cases = [
  rules("require", `${TOOLS}require r on push { after run }`, [push(R), push(A, run(5)), push(R, edit(5))]),
  rules("require-an-outcome", `${TOOLS}require r on push { after run ok }`, [push(A, run(5)), push(R, run(5, { outcome: "failed", result: undefined })), push(R, run(5, { outcome: "denied", result: undefined }))]),
  rules("after-a-failure", `${TOOLS}require r on push { after run failed }`, [push(A, run(5, { outcome: "failed", result: undefined })), push(R, run(5))]),
  rules("after-a-refusal", `${TOOLS}require r on push { after run denied }`, [push(A, run(5, { outcome: "denied", result: undefined })), push(R, run(5)), push(R, run(5, { outcome: "running", result: undefined }))]),
  rules("what-is-in-flight-is-unknown", `${TOOLS}require r on push { after run }`, [push(U, run(5, { outcome: "running", result: undefined })), push(A, run(6), run(5, { outcome: "running", result: undefined }))]),
  rules("after-with-arguments-and-a-result", `${TOOLS}require r on push { after run(cmd == "test" and result.exit == 0) }`, [push(A, run(5)), push(R, run(5, { result: { exit: 1 } })), push(R, run(5, { args: { cmd: "ls" } })), push(A, run(9), run(5, { result: { exit: 1 } })), push(U, run(5, { result: undefined }))]),
  rules("within", `${TOOLS}require r on push { after run within 1h }`, [push(A, run(59)), push(A, run(60)), push(R, run(61)), push(A, run(120), run(1))]),
  rules("unbroken-by-an-effect", `${TOOLS}require r on push { after run unbroken by write }`, [push(A, run(5)), push(R, run(5), edit(4)), push(A, edit(6), run(5)), push(A, run(9), edit(6), run(5)), push(R, run(5), edit(4, { outcome: "failed" })), push(A, run(5), edit(4, { outcome: "denied" })), push(R, run(5), edit(4, { outcome: "running" }))]),
  rules("unbroken-by-tools", `${TOOLS}require r on push { after run unbroken by edit, run }`, [push(A, run(5)), push(A, run(6), run(5)), push(R, run(6), edit(5))]),
  rules("everything-about-an-event", `${TOOLS}require r on push { after run(result.exit == 0) ok within 10m unbroken by write, delete }`, [push(A, run(5)), push(R, run(15)), push(R, run(5), edit(1)), push(R, run(5, { result: { exit: 2 } })), push(R)]),
  rules("require-of-some-calls", `${TOOLS}tool payment (n: Int) { effect pay  risk low }\nrequire r on pay { after run  when n > 5 }`, [call("payment", { n: 1 }, A), call("payment", { n: 6 }, R), call("payment", { n: 6 }, A, { calls: [run(1)] })]),
  rules("require-unless", `${TOOLS}tool payment (n: Int) { effect pay  risk low }\nrequire r on pay { after run  unless n <= 5 }`, [call("payment", { n: 5 }, A), call("payment", { n: 6 }, R), call("payment", { n: 6 }, A, { calls: [run(1)] })]),
  rules("require-for-a-role", `identity user { new: Bool }\nrole newcomer { user.new }\n${TOOLS}require r on push { for newcomer  after run }`, [call("push", {}, R, { user: { new: true } }), call("push", {}, A, { user: { new: false } }), call("push", {}, U), call("push", {}, A, { user: { new: true }, calls: [run(1)] })]),
  rules("after-in-an-allow", `${TOOLS.replace("allow a on * { }", "allow a on run, edit { }")}allow p on push { after run }`, [push(none()), push(allow("p"), run(1)), push(none(), run(1, { outcome: "running", result: undefined }))]),
  rules("after-in-a-forbid", `${TOOLS}forbid r on push { after edit }`, [push(A), push(R, edit(1)), push(U, edit(1, { outcome: "running" }))]),
  rules("did", `${TOOLS}forbid r on push { when did edit }`, [push(A), push(R, edit(1)), push(A, edit(1, { outcome: "failed" }))]),
  rules("did-not", `${TOOLS}forbid r on push { unless did run }`, [push(R), push(A, run(1)), push(U, run(1, { outcome: "running", result: undefined }))]),
  rules("did-beside-other-conditions", `${TOOLS}forbid r on push { when not did run within 10m or did edit failed }`, [push(A, run(1)), push(R, run(11)), push(R, run(1), edit(1, { outcome: "failed" }))]),
  rules("did-in-a-list-of-conditions", `${TOOLS}forbid r on push { when (did edit unbroken by run, push) and not did run(cmd == "ls") }`, [push(R, edit(5)), push(A, edit(5), run(4)), push(R, run(6), edit(5)), push(A, run(6, { args: { cmd: "ls" } }), edit(5))]),
  rules("did-with-arguments", `${TOOLS}forbid r on push { when did edit(p under "/etc") }`, [push(R, edit(1, { args: { p: "/etc/x" } })), push(A, edit(1)), push(R, edit(1), edit(1, { args: { p: "/x/../etc" } }))]),
];
