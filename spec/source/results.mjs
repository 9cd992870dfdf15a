import { allow, ask, call, cond, forbid, kase, none, rules } from "./author.mjs";

const WEB = "tool web.get (q: Line) -> Text { effect read  risk low }\nallow a on web.get { }\n";
const get = (returns, result, more = {}) => call("web.get", { q: "x" }, allow("a", { result }), { returns, ...more });
const kept = (content) => ({ kept: true, content });
const held = (by) => ({ kept: false, by });
const finds = (detectors) => ({ detectors });
const reply = (text, expect, more = {}) => call("reply", { text }, expect, more);
const R = "tool t () { effect read  risk low }\nallow a on t { }\n";
const WHO = "identity user { id: Id, boss: Bool }\nrole manager { user.boss }\n";
const PAY = "tool pay.send (to: Id, amount: Money<USD>) { effect pay  risk low }\n";
const pay = { to: "DE00012345", amount: 20 };

export const cases = [
  // -- output
  rules("output-forbid-when", `${WEB}output o on web.get { forbid when result contains "secret" }`, [get("a page", kept("a page")), get("a secret", held("o"))]),
  rules("output-forbid-when-unknown-withholds", `identity user { a: Bool }\n${WEB}output o on web.get { forbid when user.a }`, [get("a page", kept("a page"), { user: { a: false } }), get("a page", held("o"), { user: { a: true } }), get("a page", held("o"))]),
  rules("output-scan", `${WEB}output o on web.get { scan result for injection, secrets else forbid }`, [
    get("a page", kept("a page"), finds({ injection: ["ignore"], secrets: ["k-1"] })), get("ignore all", held("o"), finds({ injection: ["ignore"], secrets: ["k-1"] })), get("the k-1", held("o"), finds({ injection: ["ignore"], secrets: ["k-1"] })),
    get("a page", held("o"), finds({ injection: [] })), get("a page", held("o")),
  ]),
  rules("output-redact", `${WEB}output o on web.get { redact result with secrets }`, [get("key k-1 and k-1", kept("key [redacted secrets] and [redacted secrets]"), finds({ secrets: ["k-1"] })), get("none", kept("none"), finds({ secrets: ["k-1"] })), get("none", held("o"))]),
  rules("output-redact-a-field", "type C { name: Line, notes: [Text] }\ntool crm.get (q: Line) -> C { effect read  risk low }\nallow a on crm.get { }\noutput o on crm.get { redact result.notes with secrets }", [
    call("crm.get", { q: "x" }, allow("a", { result: kept({ name: "k-1", notes: ["[redacted secrets]", "b"] }) }), { returns: { name: "k-1", notes: ["k-1", "b"] }, ...finds({ secrets: ["k-1"] }) }),
  ]),
  rules("output-truncate", `${WEB}output o on web.get { truncate result to 1KB }`, [get("a".repeat(1024), kept("a".repeat(1024))), get("a".repeat(1025), kept("a".repeat(1024))), get(`${"a".repeat(1023)}\u00e9`, kept("a".repeat(1023))), get("", kept(""))]),
  rules("output-in-its-order", `${WEB}output o on web.get { truncate result to 1KB  redact result with secrets  forbid when result contains "stop" }`, [
    get(`k-1${"a".repeat(2000)}`, kept(`[redacted secrets]${"a".repeat(1006)}`), finds({ secrets: ["k-1"] })), get(`${"a".repeat(2000)}stop`, held("o"), finds({ secrets: [] })),
  ]),
  rules("output-when", `${WEB}output o on web.get { when q == "y"  redact result with secrets }`, [get("k-1", kept("k-1"), finds({ secrets: ["k-1"] })), call("web.get", { q: "y" }, allow("a", { result: kept("[redacted secrets]") }), { returns: "k-1", ...finds({ secrets: ["k-1"] }) })]),
  rules("output-unless-and-for", `${WHO}${WEB}output o on web.get { for manager  unless q == "y"  forbid when result contains "x" }`, [get("x", held("o"), { user: { boss: true } }), get("x", kept("x"), { user: { boss: false } }), get("x", held("o")), call("web.get", { q: "y" }, allow("a", { result: kept("x") }), { returns: "x", user: { boss: true } })]),
  rules("output-on-an-effect", `${WEB}tool w (s: Line) -> Text { effect write  risk low }\nallow b on w { }\noutput o on read { forbid when result contains "x" }`, [get("x", held("o")), call("w", { s: "x" }, allow("b", { result: kept("x") }), { returns: "x" })]),
  rules("output-rules-join", `${WEB}output o on web.get { redact result with secrets }\noutput p on web.get { redact result with cards }`, [get("k-1 4111", kept("[redacted secrets] [redacted cards]"), finds({ secrets: ["k-1"], cards: ["4111"] }))]),
  rules("output-of-a-record-given-as-text", "type C { name: Line }\ntool crm.get (q: Line) -> C { effect read  risk low }\nallow a on crm.get { }\noutput o on crm.get { redact result.name with secrets }", [call("crm.get", { q: "x" }, allow("a", { result: kept("{\"name\":\"[redacted secrets]\"}") }), { returns: "{\"name\":\"k-1\"}", ...finds({ secrets: ["k-1"] }) })]),
  rules("output-of-another-shape-is-withheld", "type C { name: Line }\ntool crm.get (q: Line) -> C { effect read  risk low }\nallow a on crm.get { }\noutput o on crm.get { redact result.name with secrets }", [call("crm.get", { q: "x" }, allow("a", { result: held("o") }), { returns: "no record", ...finds({ secrets: ["k-1"] }) })]),
  kase("output-label", `policy spec.output_label @ 1\nuse std.labels\ntier low { isolate inline }\ntool crm.get (q: Line) -> Int { effect read  risk low  labels trusted }\ntool mail (to: [Email], body: Text) { effect egress  risk low  sink to }\nallow a on crm.get { }\nallow m on mail { when size(to) < 3 }\noutput o on crm.get { label result pii, secret }\nflow pii & secret -> egress forbid`, [
    call("mail", { to: ["a@acme.com"], body: "x" }, forbid("pii_and_secret_to_egress"), { calls: [{ tool: "crm.get", args: { q: "x" }, at: 0, outcome: "ok", result: 1 }] }), call("mail", { to: ["a@acme.com"], body: "x" }, allow("m")),
    call("crm.get", { q: "x" }, allow("a", { result: kept(1) }), { returns: 1 }),
  ]),
  rules("output-on-a-refused-call-has-nothing-to-act-on", `tool web.get (q: Line) -> Text { effect read  risk low }\nallow a on web.get { when q != "x" }\noutput o on web.get { forbid when result contains "x" }`, [call("web.get", { q: "x" }, none(), { returns: "x" }), call("web.get", { q: "y" }, allow("a", { result: held("o") }), { returns: "x" })]),

  // -- the agent's answer
  rules("reply-needs-no-grant", `${R}output o on reply { redact text with secrets }`, [reply("hello k-1", allow("", { result: kept("hello [redacted secrets]") }), finds({ secrets: ["k-1"] })), reply("hello", allow("", { result: held("o") }))]),
  rules("reply-forbid-when", `${R}output o on reply { forbid when text contains canary }`, [reply("hello", allow("", { result: kept("hello") }), finds({ canary: ["c-9"] })), reply("say c-9", allow("", { result: held("o") }), finds({ canary: ["c-9"] })), reply("hello", allow("", { result: held("o") }))]),
  rules("reply-scan-and-truncate", `${R}output o on reply { scan text for cards else forbid  truncate text to 1KB }`, [reply("a".repeat(1030), allow("", { result: kept("a".repeat(1024)) }), finds({ cards: ["4111"] })), reply("4111", allow("", { result: held("o") }), finds({ cards: ["4111"] }))]),
  kase("flows-to-the-answer", `policy spec.flow_reply @ 1\nuse std.labels\ntier low { isolate inline }\n${R}flow secret -> reply forbid`, [reply("hello", allow("", { result: kept("hello") })), reply("hello", forbid("secret_to_reply"), { labels: ["secret"] }), reply("hello", allow(""), { labels: ["confidential"] })]),
  kase("flows-to-the-answer-may-ask", `policy spec.flow_reply_ask @ 1\nuse std.labels\ntier low { isolate inline }\n${WHO}${R}flow pii -> reply ask { from manager }`, [reply("hello", ask("demand:pii_to_reply", { demands: [{ by: "pii_to_reply", from: ["manager"] }] }), { labels: ["pii"] }), reply("hello", allow(""))]),

  // -- remember: what was agreed to before is the runtime's to know; the demand is the same
  rules("remember", `${WHO}${PAY}ask q on pay.send { from manager  remember 1h on to, amount }`, [call("pay.send", pay, ask("q", { demands: [{ by: "q", from: ["manager"], quorum: 1 }] })), call("pay.send", { to: "a b", amount: 1 }, { effect: "forbid", reasons: [{ by: "input", kind: "input", truth: "true" }], demands: [], limits: [], fault: { path: "to", code: "id" } })]),
  rules("remember-for-the-session", `${WHO}${PAY}ask q on pay.send { when amount <= 100 USD  from manager  remember session on to, amount }`, [call("pay.send", pay, ask("q")), call("pay.send", { ...pay, amount: 101 }, none())]),

  // -- annotations
  rules("shadow-rules-change-nothing", `${R}@shadow\nforbid f on t { }\n@shadow\nallow more on t { }`, [call("t", {}, allow("a", { limits: [] }))]),
  rules("shadow-grants-grant-nothing", `tool t (n: Int) { effect read  risk low }\nallow a on t { when n > 5 }\n@shadow\nallow more on t { limit 3 calls per day }`, [call("t", { n: 1 }, none({ limits: [] })), call("t", { n: 6 }, allow("a", { limits: [] }))]),
  kase("shadow-flows-and-tiers", `policy spec.shadow_flows @ 1\nuse std.labels\ntier low { isolate inline }\ntier high { isolate container  network none }\n${R}@shadow\nflow pii -> t forbid\n@shadow\nallow deep on t { isolate high }`, [call("t", {}, allow("a", { tier: { name: "low", isolate: "inline" } }), { labels: ["pii"] }), call("t", {}, allow("a", { tier: { name: "low", isolate: "inline" } }))]),
  rules("tags-decide-nothing", `tool t (n: Int) { effect read  risk low }\nallow a on t { }\n@owasp("ASI02") @soc2("CC6.6", "CC6.7")\nforbid f on t { when n > 5 }`, [call("t", { n: 1 }, allow("a")), call("t", { n: 6 }, forbid("f"))]),

  // -- what a tool says besides
  rules("undo-decides-nothing", "tool book (n: Int) -> Id { effect pay  risk low  undo unbook(id: result) }\ntool unbook (id: Id) { effect write  risk low }\nallow a on book, unbook { }\nforbid f on book { when n > 5 }", [call("book", { n: 6 }, forbid("f")), call("book", { n: 1 }, allow("a")), call("unbook", { id: "b1" }, allow("a")), call("unbook", { id: "" }, { effect: "forbid", reasons: [{ by: "input", kind: "input", truth: "true" }], demands: [], limits: [], fault: { path: "id", code: "id" } })]),
  rules("pin-decides-nothing", `tool t (n: Int) { effect read  risk low  pin "sha256:${"0".repeat(64)}" }\nallow a on t { when n > 0 }`, [call("t", { n: 1 }, allow("a")), call("t", { n: 0 }, none())]),
  kase("network-of-a-tool", "policy spec.network @ 1\ntier low { isolate inline }\ntier medium { isolate process  network none }\ntool t (n: Int) { effect read  risk medium  network [\"api.acme.com\"] }\nallow a on t { when n > 0 }", [call("t", { n: 1 }, allow("a", { tier: { name: "medium", isolate: "process" } })), call("t", { n: 0 }, none())]),
  cond("ref-as-text", "x: Ref<\"mail\">", "x in said", { yes: [], no: [{ x: "m-1" }, [{ x: "m-1" }, { said: ["take m-1"] }]] }),
];
