import { allow, ask, call, forbid, kase, none, rules } from "./author.mjs";

const T = "tool t () { effect read  risk low }";
const WHO = "identity user { id: Id, boss: Bool }\nidentity agent { id: Id }\nidentity session { id: Id }\nrole manager { user.boss }\nrole owner { user.id == \"o\" }\n";
const HOUR = 3_600_000;
const tiers = `tier low { isolate inline }
tier medium { isolate process  time 10s  memory 128MB }
tier high { isolate container  network none  time 2m  memory 1GB  processes 64 }
tier critical { isolate gvisor  network none  time 2m  memory 1GB  processes 64 }
`;
const tier = (name, isolate) => ({ tier: { name, isolate } });
const LOW = tier("low", "inline");
const MEDIUM = tier("medium", "process");
const HIGH = tier("high", "container");
const CRITICAL = tier("critical", "gvisor");
const named = (by, index = 0) => ({ by, index });

/** A policy with all four tiers. */
const tiered = (name, body, requests) => kase(name, `policy spec.${name.replaceAll("-", "_")} @ 1\n${tiers}${body}`, requests);

export const cases = [
  // -- ask
  rules("ask-expires-in-half-an-hour", `${WHO}${T}\nask q on t { from manager }`, [call("t", {}, ask("q", { demands: [{ by: "q", from: ["manager"], requester: false, quorum: 1, expires: 1_800_000, show: [] }] }))]),
  rules("ask-with-everything", `${WHO}tool t (to: Line, n: Int, r: { a: Int }) { effect read  risk low }\nask q on t { from manager, owner  quorum 2  show to, r.a  expires 2h  because "Two people"  tell "Wait." }`, [
    call("t", { to: "x", n: 1, r: { a: 1 } }, ask("q", { demands: [{ by: "q", from: ["manager", "owner"], requester: false, quorum: 2, expires: 2 * HOUR, show: ["to", "r.a"] }] })), call("t", { to: "x", n: 1 }, { effect: "forbid", reasons: [{ by: "input", kind: "input", truth: "true" }], demands: [], limits: [], fault: { path: "r", code: "missing" } }),
  ]),
  rules("ask-except-requester", `${WHO}${T}\nask q on t { unless user.id == "x"  from manager except requester }`, [call("t", {}, none(), { user: { id: "x" } }), call("t", {}, ask("q", { demands: [{ by: "q", from: ["manager"], requester: false }] }), { user: { id: "u" } })]),
  rules("ask-names-the-requester", `${WHO}${T}\nask q on t { unless user.id == "x"  from manager, requester }`, [call("t", {}, none(), { user: { id: "x" } }), call("t", {}, ask("q", { demands: [{ by: "q", from: ["manager"], requester: true }] }), { user: { id: "u" } })]),
  rules("ask-shows-all-arguments", `${WHO}tool t (n: Int) { effect read  risk low }\nask q on t { from manager  show args  when n > 5 }`, [call("t", { n: 6 }, ask("q", { demands: [{ by: "q", show: ["args"] }] })), call("t", { n: 5 }, none())]),
  rules("demands-of-a-refused-call-are-still-named", `${WHO}${T}\nask q on t { from manager }\nforbid f on t { }`, [call("t", {}, forbid("f", { demands: [{ by: "q", from: ["manager"] }] }))]),

  // -- targets
  rules("targets-by-name", "tool fs.read () { effect read  risk low }\ntool fs.list () { effect read  risk low }\nallow a on fs.read, fs.list { }\nforbid f on fs.list { }", [call("fs.read", {}, allow("a")), call("fs.list", {}, forbid("f"))]),
  rules("targets-by-prefix", "tool fs.read () { effect read  risk low }\ntool fs.deep.read () { effect read  risk low }\ntool fsx.read () { effect read  risk low }\nallow a on fs.* { }", [call("fs.read", {}, allow("a")), call("fs.deep.read", {}, allow("a")), call("fsx.read", {}, none())]),
  rules("targets-by-effect", "tool r () { effect read  risk low }\ntool w () { effect write  risk low }\ntool rw () { effect read, write  risk low }\nallow a on read { }\nforbid f on write { }", [call("r", {}, allow("a")), call("w", {}, forbid("f")), call("rw", {}, forbid("f"))]),
  rules("targets-by-effects-joined", "tool w () { effect write  risk low }\ntool d () { effect delete  risk low }\ntool r () { effect read  risk low }\nallow a on * { }\nforbid f on write | delete { }", [call("w", {}, forbid("f")), call("d", {}, forbid("f")), call("r", {}, allow("a"))]),
  rules("targets-everything", "tool r () { effect read  risk low }\ntool p () { effect pay  risk low }\nallow a on * { }", [call("r", {}, allow("a")), call("p", {}, allow("a"))]),
  rules("targets-mixed", "tool mail.send () { effect write  risk low }\ntool p () { effect pay  risk low }\ntool r () { effect read  risk low }\nallow a on * { }\nforbid f on mail.*, pay { }", [call("mail.send", {}, forbid("f")), call("p", {}, forbid("f")), call("r", {}, allow("a"))]),
  rules("targets-met-twice-count-once", "tool w () { effect read, write  risk low }\nallow a on w, *, read, write { limit 5 calls per hour }", [call("w", {}, allow("a", { limits: [named("a")] }))]),
  rules("every-effect", ["read", "write", "delete", "pay"].map((effect) => `tool ${effect}_tool () { effect ${effect}  risk low }\nallow may_${effect} on ${effect} { }`).join("\n"), ["read", "write", "delete", "pay"].map((effect) => call(`${effect}_tool`, {}, allow(`may_${effect}`)))),
  tiered("effects-that-leave-and-run", "tool send (to: Email) { effect egress  risk low  sink to }\ntool run (n: Int) { effect exec  risk high }\nallow mail on egress { when to.domain == \"acme.com\" }\nallow go on exec { when n > 0 }\n", [
    call("send", { to: "a@acme.com" }, allow("mail", LOW)), call("send", { to: "a@evil.test" }, none(LOW)), call("run", { n: 1 }, allow("go", HIGH)), call("run", { n: 0 }, none(HIGH)),
  ]),
  rules("a-tool-under-another-name", "tool \"mcp__crm__look-up\" as crm.look_up (id: Id) { effect read  risk low }\nallow a on crm.look_up { when tool.name == \"crm.look_up\" }\nforbid f on crm.look_up { when id == \"c0\" }", [
    call("mcp__crm__look-up", { id: "c0" }, forbid("f")),
    call("mcp__crm__look-up", { id: "c9" }, allow("a")), call("crm.look_up", { id: "c9" }, { effect: "forbid", reasons: [{ by: "input", kind: "input", truth: "true" }], demands: [], limits: [], fault: { path: "tool", code: "unknown_tool" } }),
  ]),
  rules("rules-over-tools-with-one-parameter-in-common", "tool a (path: Path, n: Int) { effect read  risk low }\ntool b (path: Path) { effect read  risk low }\nallow x on * { when path under \"/repo\" }", [call("a", { path: "/repo/x", n: 1 }, allow("x")), call("b", { path: "/etc" }, none())]),
  rules("a-parameter-that-a-tool-does-not-declare-is-unknown", "tool a (path: Path) { effect read  risk low }\ntool b () { effect read  risk low }\nallow x on * { }\nforbid f on * { when path under \"/etc\" }", [call("a", { path: "/etc" }, forbid("f")), call("a", { path: "/repo" }, allow("x")), call("b", {}, forbid("f?"))]),
  rules("has-of-a-parameter-that-a-tool-does-not-declare-is-false", "tool a (path: Path, bcc?: Line) { effect read  risk low }\ntool b (path: Path) { effect read  risk low }\nallow x on * { }\nforbid f on * { when has(bcc) }", [call("a", { path: "/", bcc: "x" }, forbid("f")), call("a", { path: "/" }, allow("x")), call("b", { path: "/" }, allow("x"))]),
  rules("some-argument-of-a-type-on-any-tool", "tool a (path: Path) { effect read  risk low }\ntool b (n: Int) { effect read  risk low }\nallow x on * { }\nforbid f on * { when some arg of Path under \"/etc\" }", [call("a", { path: "/etc/x" }, forbid("f")), call("a", { path: "/x" }, allow("x")), call("b", { n: 1 }, allow("x"))]),

  // -- tiers
  tiered("the-tier-of-the-risk", "tool a () { effect read  risk low }\ntool b () { effect read  risk medium }\ntool c () { effect read  risk high }\ntool d () { effect read  risk critical }\nallow x on * { }\n", [call("a", {}, allow("x", LOW)), call("b", {}, allow("x", MEDIUM)), call("c", {}, allow("x", HIGH)), call("d", {}, allow("x", CRITICAL))]),
  tiered("no-declared-risk-is-critical", "tool a () { effect read }\nallow x on * { when tool.risk == \"critical\" }\n", [call("a", {}, allow("x", CRITICAL))]),
  tiered("rules-raise-the-tier", "tool a (n: Int) { effect read  risk low }\nallow x on a { }\nallow y on a { when n > 5  isolate high }\n", [call("a", { n: 1 }, allow("x", LOW)), call("a", { n: 6 }, allow("x y", HIGH))]),
  tiered("rules-never-lower-the-tier", "tool a (n: Int) { effect read  risk high }\nallow x on a { when n > 0  isolate low }\n", [call("a", { n: 1 }, allow("x", HIGH)), call("a", { n: 0 }, none(HIGH))]),
  tiered("the-highest-tier-of-all", "tool a (n: Int) { effect read  risk low }\nallow x on a { isolate medium }\nallow y on a { isolate critical }\nallow z on a { isolate high }\nforbid f on a { when n > 5 }\n", [call("a", { n: 1 }, allow("x y z", CRITICAL)), call("a", { n: 6 }, forbid("f", CRITICAL))]),
  tiered("an-unknown-rule-raises-the-tier", "identity user { a: Bool }\ntool a () { effect read  risk low }\nallow x on a { }\nallow y on a { when user.a  isolate high }\n", [call("a", {}, allow("x", HIGH)), call("a", {}, allow("x", LOW), { user: { a: false } }), call("a", {}, allow("x y", HIGH), { user: { a: true } })]),
  kase("a-tier-that-approves", `policy spec.approves @ 1\n${WHO}tier low { isolate inline }\ntier critical { isolate gvisor  approve owner }\ntool a (n: Int) { effect read  risk low }\nallow x on a { unless n == 9 }\nallow y on a { when n in 6 .. 8  isolate critical }\n`, [
    call("a", { n: 9 }, none(LOW)),
    call("a", { n: 1 }, allow("x", LOW)), call("a", { n: 6 }, ask("tier", { demands: [{ by: "tier", from: ["owner"], requester: false, quorum: 1, expires: 1_800_000, show: [] }], ...CRITICAL })),
  ]),
  kase("a-tier-that-approves-beside-an-ask", `policy spec.approves_too @ 1\n${WHO}tier critical { isolate gvisor  approve owner }\ntool a () { effect read  risk critical }\nask q on a { from manager }\n`, [call("a", {}, ask("q tier", { demands: [{ by: "q", from: ["manager"] }, { by: "tier", from: ["owner"] }], ...CRITICAL }))]),
  kase("every-isolation", `policy spec.isolations @ 1\n${["low:inline", "medium:wasm", "high:container", "critical:gvisor"].map((pair) => `tier ${pair.replace(":", " { isolate ")} }`).join("\n")}\n${["low", "medium", "high", "critical"].map((risk) => `tool ${risk}_tool () { effect read  risk ${risk} }`).join("\n")}\nallow x on * { unless tool.risk == "critical" }\n`, [
    call("low_tool", {}, allow("x", tier("low", "inline"))), call("medium_tool", {}, allow("x", tier("medium", "wasm"))), call("high_tool", {}, allow("x", tier("high", "container"))), call("critical_tool", {}, none(tier("critical", "gvisor"))),
  ]),
  kase("a-tier-with-everything", `policy spec.tier_whole @ 1
tier low { isolate inline }
tier high { isolate container  network ["api.acme.com", "*.acme.dev"]  read ["/repo/**"]  write ["/repo/out/**"]  env [PATH_X]  time 90s  cpu 1.5  memory 512MB  processes 8  output 1MB }
tool a (n: Int) { effect read  risk high }
allow x on a { when n > 0 }
`.replace("env [PATH_X]", "env [\"PATH_X\"]"), [call("a", { n: 1 }, allow("x", tier("high", "container"))), call("a", { n: 0 }, none(tier("high", "container")))]),
  kase("std-tiers", "policy spec.std_tiers @ 1\nuse std.tiers\ntool a () { effect read  risk medium }\nallow x on a { }\n", [call("a", {}, allow("x", MEDIUM))]),

  // -- limits are named; what has been counted is not the decision's
  rules("limits-are-named", "tool t (n: Int) { effect read  risk low }\nallow a on t { limit 20 calls per hour }", [call("t", { n: 1 }, allow("a", { limits: [named("a")] }))]),
  rules("limits-of-several-clauses", "tool t (n: Int) { effect read  risk low }\nallow a on t { limit 20 calls per hour  limit 2 calls per second }", [call("t", { n: 1 }, allow("a", { limits: [named("a", 0), named("a", 1)] }))]),
  rules("limits-of-every-rule-that-is-not-false", "identity user { a: Bool }\ntool t (n: Int) { effect read  risk low }\nallow a on t { when n > 0  limit 20 calls per hour }\nallow b on t { when user.a  limit 5 calls per day }", [
    call("t", { n: 1 }, allow("a", { limits: [named("a"), named("b")] })), call("t", { n: 1 }, allow("a", { limits: [named("a")] }), { user: { a: false } }), call("t", { n: 0 }, none({ limits: [named("b")] })), call("t", { n: 1 }, allow("a b", { limits: [named("a"), named("b")] }), { user: { a: true } }),
  ]),
  rules("limits-of-an-ask", `${WHO}${T}\nask q on t { from manager  limit 3 calls per day }`, [call("t", {}, ask("q", { limits: [named("q")] }))]),
  rules("every-window", `tool t (n: Int) { effect read  risk low }\nallow a on t { when n > 0  ${["second", "minute", "hour", "day", "session", "15s", "90m"].map((window) => `limit 5 calls per ${window}`).join("  ")} }`, [call("t", { n: 1 }, allow("a", { limits: [0, 1, 2, 3, 4, 5, 6].map((index) => named("a", index)) })), call("t", { n: 0 }, none({ limits: [] }))]),
  rules("limits-by-keys", `${WHO}tool t (to: Line) { effect read  risk low }\nallow a on t { limit 5 calls per hour by user  limit 5 calls per hour by agent  limit 5 calls per hour by session  limit 5 calls per hour by to  limit 5 calls per hour by user, to }`, [call("t", { to: "x" }, allow("a", { limits: [0, 1, 2, 3, 4].map((index) => named("a", index)) }), { user: { id: "u" }, agent: { id: "a" }, session: { id: "s" } })]),
  rules("a-limit-of-none", `${T}\nallow a on t { limit 0 calls per day }`, [call("t", {}, allow("a", { limits: [named("a")] }))]),
];
