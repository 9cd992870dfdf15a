import { entries, quote } from "./entry.js";

const T =
  "policy t @ 1\nuse std.identity\nuse std.tiers\ntool fs.read (path: Path, note?: Text) { effect read  risk low }\ntool pay (amount: Money<USD>, to: Text) { effect pay risk low }\ntool get (to: [Text]) { effect read risk low }\n";

/** E11x: types; E12x and E13x: clauses and values. */
export const TYPES = entries({
  E110: {
    severity: "error",
    title: "a wrong type",
    message: (d) => d.reason ?? `expected ${d.expected ?? "another type"}, found ${d.found ?? "this"}`,
    help: (d) => (d.expected === undefined || d.reason === undefined ? undefined : d.expected),
    explanation:
      "Every operator and function is defined for certain types, and both sides of a comparison have one type. Nothing is converted silently.",
    example: `${T}allow a on fs.read { when path > 3 }`,
  },
  E111: {
    severity: "error",
    title: "different units",
    message: (d) => `${d.found ?? "this"} cannot be compared or computed with ${d.expected ?? "that"}`,
    help: (d) => d.reason ?? "both sides need the same unit; different currencies are never converted",
    explanation:
      "Money compares with money of the same currency, durations with durations, sizes and counts with whole numbers.",
    example: `${T}allow a on pay { when amount < 50 EUR }`,
  },
  E112: {
    severity: "error",
    title: "a literal that does not fit its type",
    message: (d) =>
      `${d.found ?? "this"} is no ${d.expected ?? "value of that type"}: ${d.reason ?? "it does not parse"}`,
    explanation:
      "A literal is read as the type beside it, with the same rules as an argument of a call. A path in a policy is absolute; a host has no scheme.",
    example: `${T}allow a on fs.read { when path under "work" }`,
  },
  E113: {
    severity: "error",
    title: "an optional argument used without `has`",
    message: (d) => `${quote(d.name)} is optional and may not be given`,
    help: (d) => `say what holds without it: \`has(${d.name ?? "x"}) and …\`, or \`not has(${d.name ?? "x"}) or …\``,
    explanation:
      "Where an optional argument is absent a condition on it is unknown, which refuses an allow and applies a forbid. The rule has to say which is meant: `when has(x) and …`, `unless not has(x)`, or `not has(x) or …`. Over an optional list, `every` and `some` are defined.",
    example: `${T}allow a on fs.read { when note == "x" }`,
  },
  E114: {
    severity: "error",
    title: "`has` of what is no argument",
    message: (d) => `\`has\` asks whether an argument was given, and ${quote(d.name)} is none`,
    help: (d) => d.reason ?? "an absent claim makes its condition unknown by itself; for a list write `LIST has VALUE`",
    explanation:
      "`has(x)` is true where the argument x, or a field below one, was given. Claims, lets and values are not given or left out by the model.",
    example: `${T}allow a on fs.read { when has(user) }`,
  },
  E115: {
    severity: "error",
    title: "an invalid pattern",
    message: (d) => `the pattern is not valid: ${d.reason ?? ""}`,
    help: () => "patterns have RE2 syntax, which runs in linear time: no look-around and no back-references",
    explanation: "`matches` takes a pattern in RE2 syntax, matched against the whole text.",
    example: `${T}allow a on pay { when to matches "(" }`,
  },
  E116: {
    severity: "error",
    title: "an invalid glob",
    message: (d) => `the glob is not valid: ${d.reason ?? ""}`,
    explanation: "`like` takes a glob: `*` and `?` within a path segment, `**` across segments.",
    example: `${T}allow a on pay { when to like "[" }`,
  },
  E117: {
    severity: "error",
    title: "an invalid host pattern",
    message: (d) => `the host pattern ${quote(d.found)} is not valid: ${d.reason ?? ""}`,
    help: (d) =>
      d.what === "network"
        ? "`acme.com` is HTTPS on port 443; `GET,HEAD https://acme.com:8443/v1/**` says method, scheme, port and path"
        : "a host pattern is a host, `*.` and a host, or an address; it has no scheme, port or path",
    explanation:
      "A list beside a host holds host patterns: `acme.com` is that host alone, `*.acme.com` is one or more labels before it. In `network [...]` an entry may also say methods, scheme, port and path.",
    example: `policy t @ 1\nuse std.tiers\ntool get (url: Url) { effect read risk low }\nallow a on get { when url.host in ["https://acme.com"] }`,
  },
  E118: {
    severity: "error",
    title: "an argument with several types",
    message: (d) => `${quote(d.name)} has different types in the tools of this rule`,
    help: (d) => `${(d.list ?? []).join("; ")}. Write a rule for each`,
    explanation:
      "A rule for several tools reads an argument with one type. Where tools declare it with different ones the rule has to be written for each.",
    example: `${T}allow a on pay, get { when to == "x" }`,
  },
  E119: {
    severity: "error",
    title: "what is not known at this place",
    message: (d) =>
      `${quote(d.name)} is not known here: ${d.reason ?? `${d.what ?? "a role"} only knows user, agent, session, now, lets and params`}`,
    help: (d) => (d.reason === undefined ? "put conditions on arguments into the rule's `when`" : d.expected),
    explanation:
      "A role says who someone is. It is also tested with an approver as `user`, when there is no call and no conversation. What was asked of the host, said or read belongs to the rules; the labels of what a call carries belong to flows; a result is there in `output`, `endorse`, `readers`, `undo` and events.",
    example: `${T}role r { path under "/a" }`,
  },
  E123: {
    severity: "error",
    title: "a clause that does not fit",
    message: (d) => `${quote(d.name)} is no clause of ${d.what ?? "this rule"}`,
    help: (d) => d.reason,
    explanation:
      "Each kind of rule has its own clauses: `from`, `quorum`, `show` and `expires` belong to `ask`; `scan`, `truncate` and `label` to `output`.",
    example: `${T}allow a on fs.read { quorum 2 }`,
  },
  E124: {
    severity: "error",
    title: "a clause that stands twice",
    message: (d) => `${quote(d.name)} stands twice`,
    help: () => "write it once; several roles or arguments are separated by commas",
    explanation:
      "Only `when`, `unless` and `limit` may stand several times in a rule; all of them hold. Attributes of tools and settings of tiers stand once.",
    example: `${T}allow a on fs.read { tell "a" tell "b" }`,
  },
  E125: {
    severity: "error",
    title: "an ask without approver",
    message: (d) => `the ask ${quote(d.name)} does not say who may agree`,
    help: () => "add `from ROLE`",
    explanation: "`from` is required in every `ask`. Who asks never approves, unless the rule says so.",
    example: `${T}ask a on fs.read { }`,
  },
  E126: {
    severity: "error",
    title: "an unknown limit key",
    message: (d) => `a limit cannot be counted by ${quote(d.name)}`,
    help: (d) =>
      `it is counted by user, agent, session, or an argument${(d.list?.length ?? 0) > 0 ? `: ${(d.list ?? []).join(", ")}` : ""}`,
    explanation:
      "A limit counts separately for each value of its keys: `user`, `agent`, `session`, or arguments that all tools of the rule have.",
    example: `${T}allow a on fs.read { limit 3 calls per hour by pth }`,
  },
  E127: {
    severity: "error",
    title: "a number out of range",
    message: (d) => `${d.what ?? "the number"} is ${d.reason ?? "out of range"}`,
    help: (d) => d.expected,
    explanation: "Counts, durations and sizes have bounds, so that a misplaced digit is noticed.",
    example: `${T}allow a on fs.read { limit 3 calls per 0s }`,
  },
  E128: {
    severity: "error",
    title: "a wrong number of arguments",
    message: (d) => `${quote(d.name)} takes ${d.expected ?? "other arguments"}`,
    explanation: "Functions take a fixed number of values.",
    example: `${T}allow a on get { when size(to, to) == 1 }`,
  },
  E129: {
    severity: "error",
    title: "too large once expanded",
    message: (d) => `${d.what ?? "this"} has more than ${d.number ?? 0} parts once lets stand for their values`,
    help: () => "shorten it, or split it into several rules",
    explanation:
      "Lets stand for their values, so a few lines can mean a great deal. What one condition means has a bound.",
    example: "policy t @ 1\n# let a = [1, 2, 3] … let z = [y, y, y]",
  },
  E137: {
    severity: "error",
    title: "a test call that does not fit its tool",
    message: (d) => d.reason ?? "the arguments do not fit",
    help: () => "a call that is meant not to fit says so: `=> forbid by input`",
    explanation:
      "The arguments of a test are checked against the tool, so that a test does not pass for the wrong reason.",
    example: `${T}allow a on fs.read { }\ntest "x" { call fs.read(pth: "/a") => forbid }`,
  },
  E138: {
    severity: "error",
    title: "a test step that cannot be",
    message: (d) => d.reason ?? "this step cannot be",
    help: (d) => d.expected,
    explanation: "Steps of a test run in order: `as` and `at` set the scene, `wait` moves the clock, `call` decides.",
    example: `${T}allow a on fs.read { }\ntest "x" { }`,
  },
  E140: {
    severity: "error",
    title: "a rule that says nothing",
    message: (d) => `${d.what ?? "the rule"} ${quote(d.name)} says nothing without ${d.expected ?? "its clause"}`,
    help: (d) => d.reason,
    explanation:
      "A `require` needs its `after`, a `quota` a `limit`, an `output` a step, an `endorse` its `when`, and a flow that raises a tier: without it the rule would do nothing, or everything.",
    example: `${T}require a on fs.read { }`,
  },
  E141: {
    severity: "error",
    title: "an approval that is remembered for too much",
    message: (d) => `\`remember\` has to name ${quote(d.name)}, ${d.reason ?? "which decides what was agreed to"}`,
    help: (d) => `add it: \`remember … on ${(d.list ?? []).join(", ")}\``,
    explanation:
      "An approval that is remembered covers later calls with equal values of the arguments it names. It has to name every `sink` and every Money argument: who agreed to one recipient or one amount has not agreed to another.",
    example: `${T.replace("use std.identity", "use std.identity\nrole boss { user.mfa }")}ask a on pay { from boss remember 1h on to }`,
  },
  E142: {
    severity: "error",
    title: "a fact that may never answer",
    message: (d) => `the fact ${quote(d.name)} has neither \`timeout\` nor \`on error\``,
    help: () => "say how long to wait and what holds without an answer: `{ timeout 50ms on error 100 }`",
    explanation:
      "A fact is asked of the host before a decision. Without a timeout a call could wait for it without end; without `on error` a fact that fails is unknown, which refuses an `allow` and applies a `forbid`.",
    example: "policy t @ 1\nfact score (user: Id) -> Int { }",
  },
  E143: {
    severity: "error",
    title: "a change that cannot be made",
    message: (d) => d.reason ?? "this cannot be changed",
    help: (d) => d.expected,
    explanation:
      "`redact` works on text, `clamp` on ordered values and on the `limit` of an `Sql`, `set` gives a value of the argument's own type, and `drop` takes away what may be absent. Nothing inside other values of a semantic type can be changed.",
    example: `${T}allow a on fs.read { drop path }`,
  },
  E144: {
    severity: "error",
    title: "an event that compares the earlier call with itself",
    message: (d) =>
      `inside an event \`${d.name ?? "it"}\` and \`args.${d.name ?? "it"}\` are both the earlier call's, so this always holds`,
    help: () => "the call at hand cannot be named inside an event; compare with a literal, a `param` or a claim",
    explanation:
      "`after` and `did` look for an earlier call, and the names in their brackets are that call's arguments. Nothing there names the call that is being decided, so two arguments cannot be compared across the two calls.",
    example: `${T}require t on fs.read { after fs.read(path == args.path) ok }\nallow a on fs.read { when path under "/x" }`,
  },
  E139: {
    severity: "error",
    title: "a condition that is none",
    message: (d) => `a condition is true or false, this is ${d.found ?? "a value"}`,
    help: (d) => d.reason,
    explanation:
      "`when`, `unless`, roles, `and`, `or` and `not` take conditions: comparisons, Bool values, `has(x)`, `every` and `some`.",
    example: `${T}allow a on fs.read { when path }`,
  },
});
