import { allow, ask, call, forbid, kase, none } from "./author.mjs";

/** A policy with the standard labels. `tools`: what every case here has unless it says other. */
const flow = (name, body, requests, head = "") => kase(name, `policy spec.${name.replaceAll("-", "_")} @ 1\nuse std.labels\n${head}tier low { isolate inline }\ntier high { isolate container  network none }\n${body.trim()}`, requests);
const MAIL = "tool mail.send (to: [Email], body: Text) { effect egress  risk low  sink to }\nallow send on mail.send { when every to.domain == \"acme.com\" }\n";
const PAY = "tool pay.send (to: Id, amount: Money<USD>, note: Line) { effect pay  risk low  steer to, amount }\nallow pay on pay.send { }\n";
const mail = { to: ["ann@acme.com"], body: "hello there" };
const pay = { to: "DE0001", amount: 20, note: "rent" };
const WHO = "identity user { id: Id, boss: Bool }\nrole manager { user.boss }\nrole owner { user.id == \"o\" }\n";
const carrying = (...labels) => ({ labels });
const limitless = { limits: [] };

export const cases = [
  // -- what a flow tests
  flow("category", `${MAIL}flow pii -> egress forbid`, [call("mail.send", mail, allow("send")), call("mail.send", mail, forbid("pii_to_egress"), carrying("pii")), call("mail.send", mail, allow("send"), carrying("pci", "secret"))]),
  flow("level-and-above", `${MAIL}flow confidential -> egress forbid`, [
    call("mail.send", mail, allow("send"), carrying("internal")), call("mail.send", mail, forbid("confidential_to_egress"), carrying("confidential")), call("mail.send", mail, forbid("confidential_to_egress"), carrying("secret")), call("mail.send", mail, allow("send")),
  ]),
  flow("integrity-and-worse", `${PAY}flow named -> pay forbid`, [call("pay.send", pay, allow("pay")), call("pay.send", pay, allow("pay"), carrying("claimed")), call("pay.send", pay, forbid("named_to_pay"), carrying("named")), call("pay.send", pay, forbid("named_to_pay"), carrying("untrusted"))]),
  flow("all-of-these", `${MAIL}flow pii & confidential -> egress forbid`, [call("mail.send", mail, allow("send"), carrying("pii")), call("mail.send", mail, allow("send"), carrying("secret")), call("mail.send", mail, forbid("pii_and_confidential_to_egress"), carrying("pii", "secret"))]),
  flow("any-of-these", `${MAIL}flow pii | credentials -> egress forbid`, [call("mail.send", mail, forbid("pii_or_credentials_to_egress"), carrying("pii")), call("mail.send", mail, forbid("pii_or_credentials_to_egress"), carrying("credentials")), call("mail.send", mail, allow("send"), carrying("pci"))]),
  flow("and-binds-before-or", `${MAIL}flow pii & secret | credentials -> egress forbid`, [call("mail.send", mail, allow("send"), carrying("pii")), call("mail.send", mail, forbid("pii_and_secret_or_credentials_to_egress"), carrying("pii", "secret")), call("mail.send", mail, forbid("pii_and_secret_or_credentials_to_egress"), carrying("credentials"))]),
  flow("own-labels", `label grade { open < closed }\nlabel region { eu, us }\n${MAIL}flow closed & eu -> egress forbid`, [call("mail.send", mail, forbid("closed_and_eu_to_egress"), carrying("closed", "eu")), call("mail.send", mail, allow("send"), carrying("closed", "us"))]),
  flow("a-flow-with-a-name", `${MAIL}flow keep: pii -> egress forbid`, [call("mail.send", mail, forbid("keep"), carrying("pii")), call("mail.send", mail, allow("send"))]),

  // -- what it does
  flow("flows-never-grant", `${WHO}${MAIL}flow pii -> egress ask { from owner }`, [call("mail.send", { ...mail, to: ["x@evil.test"] }, none(), carrying("pii")), call("mail.send", mail, ask("demand:pii_to_egress", { demands: [{ by: "pii_to_egress", from: ["owner"], quorum: 1, expires: 1_800_000 }] }), carrying("pii")), call("mail.send", mail, allow("send"))]),
  flow("a-flow-that-asks-beside-an-ask", `${WHO}${PAY.replace("allow pay on pay.send { }", "ask pay on pay.send { from manager }")}flow untrusted -> pay ask { from manager, owner  quorum 2  show source, args  expires 5m }`, [
    call("pay.send", pay, ask("pay demand:untrusted_to_pay", { demands: [{ by: "pay", from: ["manager"] }, { by: "untrusted_to_pay", from: ["manager", "owner"], quorum: 2, expires: 300_000, show: ["source", "args"] }] }), carrying("untrusted")),
    call("pay.send", pay, ask("pay"), carrying("trusted")),
  ]),
  flow("a-flow-that-raises", `${MAIL}flow untrusted -> egress raise high`, [call("mail.send", { ...mail, to: ["x@evil.test"] }, none({ tier: { name: "high", isolate: "container" } }), carrying("untrusted")), call("mail.send", mail, allow("send", { tier: { name: "low", isolate: "inline" } })), call("mail.send", mail, allow("send", { tier: { name: "high", isolate: "container" } }), carrying("untrusted"))]),
  flow("every-flow-acts", `${WHO}${MAIL}flow pii -> egress forbid\nflow secret -> egress forbid\nflow pii -> egress ask { from owner }\n`.replace("flow pii -> egress ask", "flow asks: pii -> egress ask"), [call("mail.send", mail, forbid("pii_to_egress secret_to_egress"), carrying("pii", "secret")), call("mail.send", mail, forbid("secret_to_egress"), carrying("secret"))]),

  // -- where it goes
  flow("to-a-tool", `${MAIL}tool post (text: Text) { effect egress  risk low  sink text }\nallow post_it on post { when size(text) < 100 }\nflow pii -> mail.send forbid`, [call("mail.send", mail, forbid("pii_to_mail_send"), carrying("pii")), call("post", { text: "x" }, allow("post_it"), carrying("pii"))]),
  flow("to-several-effects", `tool w (s: Line) { effect write  risk low }\ntool d (s: Line) { effect delete  risk low }\ntool r (s: Line) { effect read  risk low }\nallow a on * { }\nflow untrusted -> write | delete forbid`, [call("w", { s: "x" }, forbid("untrusted_to_write_or_delete"), carrying("untrusted")), call("d", { s: "x" }, forbid("untrusted_to_write_or_delete"), carrying("untrusted")), call("r", { s: "x" }, allow("a"), carrying("untrusted")), call("w", { s: "x" }, allow("a"))]),
  flow("to-everything", `tool r (s: Line) { effect read  risk low }\nallow a on * { }\nflow secret -> * forbid`, [call("r", { s: "x" }, forbid("secret_to_any"), carrying("secret")), call("r", { s: "x" }, allow("a"), carrying("confidential"))]),
  flow("to-a-prefix", `tool fs.put (s: Line) { effect write  risk low }\ntool fsx.put (s: Line) { effect write  risk low }\nallow a on * { }\nflow pii -> fs.* forbid`, [call("fs.put", { s: "x" }, forbid("pii_to_fs_any"), carrying("pii")), call("fsx.put", { s: "x" }, allow("a"), carrying("pii"))]),

  // -- clauses
  flow("unless", `${MAIL}flow pii -> egress forbid { unless every to.local == "ann" }`, [call("mail.send", mail, allow("send"), carrying("pii")), call("mail.send", { ...mail, to: ["bo@acme.com"] }, forbid("pii_to_egress"), carrying("pii")), call("mail.send", { ...mail, to: ["bo@acme.com"] }, allow("send"))]),
  flow("when", `${MAIL}flow pii -> egress forbid { when size(body) > 3 }`, [call("mail.send", mail, forbid("pii_to_egress"), carrying("pii")), call("mail.send", { ...mail, body: "abc" }, allow("send"), carrying("pii"))]),
  flow("for", `${WHO}${MAIL}flow pii -> egress forbid { for manager }`, [call("mail.send", mail, forbid("pii_to_egress"), { ...carrying("pii"), user: { boss: true } }), call("mail.send", mail, allow("send"), { ...carrying("pii"), user: { boss: false } }), call("mail.send", mail, forbid("pii_to_egress?"), carrying("pii"))]),
  flow("false-labels-make-it-false-whatever-is-unknown", `${WHO}${MAIL}flow pii -> egress forbid { when user.boss }`, [call("mail.send", mail, allow("send")), call("mail.send", mail, forbid("pii_to_egress?"), carrying("pii"))]),
  flow("labels-has", `${MAIL}flow untrusted -> egress forbid { when labels has pii }`, [call("mail.send", mail, forbid("untrusted_to_egress"), carrying("untrusted", "pii")), call("mail.send", mail, allow("send"), carrying("untrusted")), call("mail.send", mail, allow("send"), carrying("pii"))]),

  // -- labels of the session
  flow("a-result-is-untrusted-unless-its-tool-says-otherwise", `tool web.get (q: Line) -> Text { effect read  risk low }\ntool crm.get (q: Line) -> Int { effect read  risk low  labels trusted }\n${PAY}allow r on web.get, crm.get { }\nflow untrusted -> pay forbid`, [
    call("pay.send", pay, forbid("untrusted_to_pay"), { calls: [{ tool: "web.get", args: { q: "x" }, at: 0, outcome: "ok", result: "page" }] }),
    call("pay.send", pay, allow("pay"), { calls: [{ tool: "crm.get", args: { q: "x" }, at: 0, outcome: "ok", result: 7 }] }),
    call("pay.send", pay, allow("pay"), { calls: [{ tool: "web.get", args: { q: "x" }, at: 0, outcome: "denied" }] }),
  ]),
  flow("a-result-that-does-not-fit-its-type-is-untrusted-whole", `tool crm.get (q: Line) -> Int { effect read  risk low  labels trusted }\n${PAY}allow r on crm.get { }\nflow untrusted -> pay forbid`, [
    call("pay.send", pay, allow("pay"), { calls: [{ tool: "crm.get", args: { q: "x" }, at: 0, outcome: "ok", result: 7 }] }),
    call("pay.send", pay, forbid("untrusted_to_pay"), { calls: [{ tool: "crm.get", args: { q: "x" }, at: 0, outcome: "ok", result: "seven" }] }),
  ]),
  flow("errors-are-results-too", `tool crm.get (q: Line) -> Int { effect read  risk low  labels trusted, pii }\n${PAY}allow r on crm.get { }\nflow untrusted -> pay forbid\nflow pii -> pay forbid`, [
    call("pay.send", pay, forbid("untrusted_to_pay pii_to_pay"), { calls: [{ tool: "crm.get", args: { q: "x" }, at: 0, outcome: "failed" }] }), call("pay.send", pay, forbid("pii_to_pay"), { calls: [{ tool: "crm.get", args: { q: "x" }, at: 0, outcome: "ok", result: 1 }] }),
  ]),
  flow("labels-of-all-results-join", `tool a (q: Line) -> Int { effect read  risk low  labels trusted, internal, pii }\ntool b (q: Line) -> Int { effect read  risk low  labels trusted, secret, pci }\ntool put (s: Line) { effect write  risk low }\nallow r on a, b { }\nallow send on put { }\nflow secret & pii -> write forbid`, [
    call("put", { s: "x" }, allow("send"), { calls: [{ tool: "a", args: { q: "x" }, at: 0, outcome: "ok", result: 1 }] }), call("put", { s: "x" }, allow("send"), { calls: [{ tool: "b", args: { q: "x" }, at: 0, outcome: "ok", result: 1 }] }),
    call("put", { s: "x" }, forbid("secret_and_pii_to_write"), { calls: [{ tool: "a", args: { q: "x" }, at: 0, outcome: "ok", result: 1 }, { tool: "b", args: { q: "x" }, at: 0, outcome: "ok", result: 1 }] }),
  ]),
  flow("fields-have-labels-of-their-own", `type C { id: Id trusted  mail: Email trusted, pii  body: Text untrusted }\ntool crm.get (q: Line) -> C { effect read  risk low }\n${MAIL}allow r on crm.get { }\nflow pii -> egress forbid`, [
    call("mail.send", mail, forbid("pii_to_egress"), { calls: [{ tool: "crm.get", args: { q: "x" }, at: 0, outcome: "ok", result: { id: "c9", mail: "a@b.de", body: "" } }] }), call("mail.send", mail, allow("send")),
  ]),
  flow("labels-by-path", `tool fs.read (path: Path) -> Text { effect read  risk low  labels by path { "**/.env*": secret, "**/hr/**": pii } }\n${MAIL}allow r on fs.read { }\nflow secret | pii -> egress forbid`, [
    call("mail.send", mail, forbid("secret_or_pii_to_egress"), { calls: [{ tool: "fs.read", args: { path: "/a/.env.local" }, at: 0, outcome: "ok", result: "x" }] }), call("mail.send", mail, forbid("secret_or_pii_to_egress"), { calls: [{ tool: "fs.read", args: { path: "/x/../a/hr/list" }, at: 0, outcome: "ok", result: "x" }] }),
    call("mail.send", mail, allow("send"), { calls: [{ tool: "fs.read", args: { path: "/a/readme" }, at: 0, outcome: "ok", result: "x" }] }),
  ]),

  // -- readers
  flow("every-sink-in-readers", `tool crm.get (id: Id) -> { id: Id, mail: Email } { effect read  risk low  labels trusted, pii  readers result.mail }\n${MAIL}allow r on crm.get { }\nflow pii -> egress forbid { unless every sinks in readers }`, [
    call("mail.send", mail, allow("send"), { calls: [{ tool: "crm.get", args: { id: "c9" }, at: 0, outcome: "ok", result: { id: "c9", mail: "Ann <ann@ACME.com>" } }] }),
    call("mail.send", { ...mail, to: ["ann@acme.com", "bo@acme.com"] }, forbid("pii_to_egress"), { calls: [{ tool: "crm.get", args: { id: "c9" }, at: 0, outcome: "ok", result: { id: "c9", mail: "ann@acme.com" } }] }),
  ]),
  flow("readers-meet-by-intersection", `tool crm.get (id: Id) -> { mails: [Email] } { effect read  risk low  labels trusted, pii  readers result.mails }\n${MAIL}allow r on crm.get { }\nflow pii -> egress forbid { unless every sinks in readers }`, [
    call("mail.send", mail, allow("send"), { calls: [["ann@acme.com", "bo@acme.com"], ["ann@acme.com"]].map((mails, at) => ({ tool: "crm.get", args: { id: "c9" }, at, outcome: "ok", result: { mails } })) }),
    call("mail.send", mail, forbid("pii_to_egress"), { calls: [["ann@acme.com", "bo@acme.com"], ["bo@acme.com"]].map((mails, at) => ({ tool: "crm.get", args: { id: "c9" }, at, outcome: "ok", result: { mails } })) }),
  ]),
  flow("readers-unsaid-are-nobody-where-a-label-asks-for-care", `tool a (q: Line) -> Int { effect read  risk low  labels trusted, pii }\ntool b (q: Line) -> Int { effect read  risk low  labels trusted }\n${MAIL}allow r on a, b { }\nflow pii | public -> egress forbid { unless every sinks in readers }`, [
    call("mail.send", mail, forbid("pii_or_public_to_egress"), { calls: [{ tool: "a", args: { q: "x" }, at: 0, outcome: "ok", result: 1 }] }), call("mail.send", mail, allow("send"), { calls: [{ tool: "b", args: { q: "x" }, at: 0, outcome: "ok", result: 1 }] }), call("mail.send", mail, allow("send")),
  ]),
  flow("readers-of-what-is-only-said-to-be-labelled-are-nobody", `${MAIL}flow pii -> egress forbid { unless every sinks in readers }`, [call("mail.send", mail, forbid("pii_to_egress"), carrying("pii")), call("mail.send", mail, allow("send"), carrying("untrusted"))]),
  flow("sinks-are-all-of-them", `tool mail.send (to: [Email], cc?: [Email], body: Text) { effect egress  risk low  sink to, cc }\nallow send on mail.send { when every to.domain == "acme.com"  when every cc.domain == "acme.com" }\nforbid strangers on mail.send { when some sinks == "spy@acme.com" }`, [
    call("mail.send", mail, allow("send", limitless)), call("mail.send", { ...mail, cc: ["spy@acme.com"] }, forbid("strangers")), call("mail.send", { ...mail, to: ["spy@acme.com"] }, forbid("strangers")),
  ]),
  flow("lowers", `tool a (q: Line) -> Text { effect read  risk low  labels trusted, pii, secret }\ntool clean (text: Text) -> Text { effect read  risk low  labels trusted  lowers pii, secret, confidential, internal }\ntaint value\n${MAIL}allow r on a, clean { }\nflow pii | secret -> egress forbid`, [
    call("mail.send", { to: ["ann@acme.com"], body: "Ann has nine lives" }, forbid("pii_or_secret_to_egress"), { said: ["mail ann@acme.com what is left"], calls: [{ tool: "a", args: { q: "x" }, at: 0, outcome: "ok", result: "Ann has nine lives" }, { tool: "clean", args: { text: "$1" }, at: 1, outcome: "ok", result: "somebody has lives" }] }),
    call("mail.send", { ...mail, body: "$1" }, forbid("pii_or_secret_to_egress"), { calls: [{ tool: "a", args: { q: "x" }, at: 0, outcome: "ok", result: "Ann has nine lives" }] }),
    call("mail.send", { to: ["ann@acme.com"], body: "$2" }, allow("send"), { said: ["mail ann@acme.com what is left"], calls: [{ tool: "a", args: { q: "x" }, at: 0, outcome: "ok", result: "Ann has nine lives" }, { tool: "clean", args: { text: "$1" }, at: 1, outcome: "ok", result: "somebody has lives" }] }),
  ]),
];
