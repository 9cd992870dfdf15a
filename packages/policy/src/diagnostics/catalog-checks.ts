import { entries, quote } from "./entry.js";

const T =
  "policy t @ 1\nuse std.identity\nuse std.tiers\ntool fs.read (path: Path) { effect read  risk low }\ntool pay.send (amount: Money<USD>, note: Text) { effect pay  risk low }\nrole manager { user.mfa }\n";

/** E2xx and W2xx: rules that cannot mean what they say. */
export const CHECKS = entries({
  E201: {
    severity: "error",
    title: "a condition that can never hold",
    message: (d) => `this can never hold, so the ${d.what ?? "rule"} ${quote(d.name)} never applies`,
    help: () =>
      "two conditions contradict each other, or a constant one is false; all of a rule's conditions have to hold together",
    explanation:
      "A rule whose condition can never hold is there for the reader only. What looks like a refusal refuses nothing, and what looks like a grant grants nothing.",
    example: `${T}allow a on * { }\nforbid b on pay.send { when amount > 100 USD and amount < 50 USD }`,
  },
  W205: {
    severity: "warning",
    title: "a condition that always holds",
    message: (d) => `this holds for every call, so in ${quote(d.name)} it says nothing`,
    help: () => "remove it, or correct it: an `or` is often meant to be an `and`",
    explanation:
      "A condition that is true of every call does not narrow a rule. `x != 1 or x != 2` is the usual way to write one by mistake.",
    example: `${T}allow a on * { when 1 < 2 }`,
  },
  E202: {
    severity: "error",
    title: "an output that only tests what a detector finds",
    message: (d) =>
      `\`when\` chooses the results that ${quote(d.name)} is for; to withhold what a detector finds, write \`forbid when\``,
    help: () => "write `forbid when …`, or `scan result for … else forbid`",
    explanation:
      "In an `output` rule `when` says which results the other clauses treat. One that only asks a detector treats what was found and hands it out; `forbid when` withholds it.",
    example: `${T}allow a on * { }\noutput o on reply { when text contains secrets  redact text with secrets }`,
  },
  E203: {
    severity: "error",
    title: "an approval that nobody can give",
    message: (d) => `nobody can agree to ${quote(d.name)}: ${d.reason ?? "no one can have these roles"}`,
    help: () => "name a role that others can have, lower the quorum, or make it a `forbid`",
    explanation:
      "An `ask` whose approvers cannot exist waits until it expires and refuses, which nobody who reads it would expect. Who asks never approves, unless `requester` is named in `from`.",
    example: `${T}role nobody { user.mfa and not user.mfa }\nallow a on * { }\nask b on pay.send { from nobody }`,
  },
  E204: {
    severity: "error",
    title: "transforms of one value",
    message: (d) => `${quote(d.name)} is changed by ${quote(d.what)} too, and the two have no order`,
    help: () => "put both into one rule, or let the conditions of the two rules exclude each other",
    explanation:
      "The transforms of all grants that match are applied once, together. Two that change the same value, or a value inside another, have no order, so a policy may not have them.",
    example: `${T}allow a on pay.send { redact note with secrets }\nallow b on pay.send { redact note with cards }\nallow c on fs.read { }`,
  },
  E205: {
    severity: "error",
    title: "requires that wait for each other",
    message: (d) => `no call can come first: ${(d.list ?? []).join(" after ")}`,
    help: () => "remove one of them, or give it a condition under which it does not hold",
    explanation:
      "A `require` without conditions refuses a tool until another was called. Where that one waits for the first, neither is ever called.",
    example: `${T}allow a on * { }\nrequire b on fs.read { after pay.send ok }\nrequire c on pay.send { after fs.read ok }`,
  },
  W207: {
    severity: "warning",
    title: "a rule that another one covers",
    message: (d) => `${quote(d.name)} changes nothing: ${quote(d.what)} holds wherever it does`,
    help: () => "remove it, or correct the wider one if that one is not meant",
    explanation:
      "Where one rule of a kind holds for all tools and all calls that another is for, the other decides nothing. Often the wider one was meant to be narrower.",
    example: `${T}allow a on * { }\nallow b on pay.send { when amount < 50 USD }`,
  },
  W208: {
    severity: "warning",
    title: "a grant that is always refused",
    message: (d) =>
      `${quote(d.name)} grants nothing: ${(d.list ?? []).slice(0, 4).join(", ")} refuses whatever it would grant`,
    help: () => "a refusal wins over every grant; narrow the refusal, or remove the grant",
    explanation: "No rule has priority over another: any refusal forbids. A grant inside a refusal is never used.",
    example: `${T}allow a on fs.read { }\nallow b on pay.send { when amount < 50 USD }\nforbid c on pay.send { when amount < 100 USD }`,
  },
  E405: {
    severity: "error",
    title: "an egress that has no network",
    message: (d) => `${quote(d.name)} sends data out, and the tier ${quote(d.what)} it runs in has no network`,
    help: () => 'add `network ["host"]` to the tool, or choose another risk',
    explanation:
      "What a tier does not say is none. A tool that has to reach somebody names the hosts itself; its own list replaces its tier's.",
    example: `${T}tool mail.send (to: [Text]) { effect egress  risk high  sink to }\nallow a on mail.send { when to has "ann" }`,
  },
  E406: {
    severity: "error",
    title: "paths that a sandbox cannot hold to",
    message: (d) =>
      `${quote(d.found)} is no folder that can be mounted, so the tier ${quote(d.name)} could not be held to it`,
    help: () => "write a whole path (`/work/config.json`), or a folder and all below it (`/work/**`)",
    explanation:
      "A sandbox mounts files and folders. A pattern inside a path would have to be enforced call by call, which what runs in the sandbox could get around.",
    example: 'policy t @ 1\ntier high { isolate container  read ["**/*.ts"] }',
  },
  W401: {
    severity: "warning",
    title: "a failure that switches a refusal off",
    message: (d) => `where ${quote(d.name)} fails, ${quote(d.what)} refuses nothing`,
    help: () => "choose an `on error` that refuses, or leave it out: without one the condition is unknown, and refuses",
    explanation:
      "`on error` is the value of a fact that could not be asked. One that makes a refusal false lets whoever can make the fact fail switch the rule off.",
    example: `${T}fact risk(user: Id) -> Int { timeout 50ms  on error 0 }\nallow a on * { }\nforbid b on pay { when risk(user.id) > 80 }`,
  },
});
