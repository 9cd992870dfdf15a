import { entries, quote } from "./entry.js";

const list = (names: readonly string[] | undefined): string => {
  const all = names ?? [];
  return all.length > 12 ? `${all.slice(0, 12).join(", ")}, and ${all.length - 12} more` : all.join(", ");
};

const T =
  "policy t @ 1\nuse std.identity\nuse std.tiers\ntool fs.read (path: Path, note?: Text) { effect read  risk low }\n";

/** E10x and E12x: names. */
export const NAMES = entries({
  E101: {
    severity: "error",
    title: "an unknown tool",
    message: (d) => `no tool is called ${quote(d.name)}`,
    help: (d) =>
      (d.list?.length ?? 0) > 0
        ? `the tools are ${list(d.list)}`
        : "no tool is declared; declare one with `tool name (args) { effect … risk … }`",
    explanation: "Rules and tests name tools that the policy declares or takes from another file with `use`.",
    example: `${T}allow a on fs.raed { }`,
  },
  E102: {
    severity: "error",
    title: "an unknown name or argument",
    message: (d) => `${quote(d.name)} is ${d.what ?? "no argument, let or name in scope"}`,
    help: (d) => ((d.list?.length ?? 0) > 0 ? `in scope: ${list(d.list)}` : undefined),
    explanation:
      "In a rule the names in scope are `user`, `agent`, `session`, `now`, `tool`, `args`, lets, and the parameters of the tools it targets.",
    example: `${T}allow a on fs.read { when paht under "/work" }`,
  },
  E103: {
    severity: "error",
    title: "an unknown field",
    message: (d) => `${d.what ?? "this"} has no ${quote(d.name)}`,
    help: (d) => ((d.list?.length ?? 0) > 0 ? `it has ${list(d.list)}` : d.reason),
    explanation: "A record has the fields of its declaration, an identity its claims, and a semantic type its members.",
    example: `${T}allow a on fs.read { when user.mfaa }`,
  },
  E104: {
    severity: "error",
    title: "an unknown role",
    message: (d) => `no role is called ${quote(d.name)}`,
    help: (d) =>
      (d.list?.length ?? 0) > 0
        ? `the roles are ${list(d.list)}`
        : 'declare one: `role support { user.groups has "support" }`',
    explanation: "Roles are declared with `role` or taken from another file with `use`.",
    example: `${T}allow a on fs.read { for suport }`,
  },
  E105: {
    severity: "error",
    title: "an unknown label",
    message: (d) => `no label is called ${quote(d.name)}`,
    help: (d) =>
      (d.list?.length ?? 0) > 0
        ? `the labels are ${list(d.list)}`
        : "declare labels, or take the usual ones with `use std.labels`",
    explanation: "Labels are declared with `label` or taken from `std.labels`.",
    example: "policy t @ 1\nuse std.tiers\ntool a () { risk low labels pii }",
  },
  E106: {
    severity: "error",
    title: "an unknown type",
    message: (d) => `no type is called ${quote(d.name)}`,
    help: (d) => ((d.list?.length ?? 0) > 0 ? `the types are ${list(d.list)}` : undefined),
    explanation: "Types are those of the language (section 2 of its description) and the records declared with `type`.",
    example: "policy t @ 1\nuse std.tiers\ntool a (b: Txt) { risk low }",
  },
  E107: {
    severity: "error",
    title: "an unknown function",
    message: (d) => `no function is called ${quote(d.name)}`,
    help: (d) => `the functions are ${list(d.list)}`,
    explanation: "The language has a fixed set of functions; none has an effect and all end.",
    example: `${T}allow a on fs.read { when sizee("a") == 1 }`,
  },
  E108: {
    severity: "error",
    title: "an unknown word",
    message: (d) => `${quote(d.name)} is no ${d.what ?? "value here"}`,
    help: (d) => ((d.list?.length ?? 0) > 0 ? `it is one of ${list(d.list)}` : undefined),
    explanation: "Effects, risks, isolation backends and windows are fixed words.",
    example: "policy t @ 1\nuse std.tiers\ntool a () { effect raed risk low }",
  },
  E109: {
    severity: "error",
    title: "an unknown detector",
    message: (d) => `no detector is called ${quote(d.name)}`,
    help: (d) => `the detectors are ${list(d.list)}`,
    explanation:
      'A detector finds something in a text: `contains secrets`, `redact body with cards`, `scan result for injection else forbid`. A text that is looked for stands in quotes: `contains "secrets"`.',
    example: `${T}forbid a on fs.read { when has(note) and note contains secerts }`,
  },
  E120: {
    severity: "error",
    title: "a name that stands twice",
    message: (d) => `the ${d.what ?? "name"} ${quote(d.name)} is declared twice`,
    help: () => "give one of them another name",
    explanation:
      "Rules, tools, roles, types, lets, labels, tiers, tests, parameters and fields have one declaration each; a rule's id is unique among rules of all kinds, because decisions and logs name it.",
    example: `${T}allow a on fs.read { }\nforbid a on fs.read { }`,
  },
  E121: {
    severity: "error",
    title: "a let that needs itself",
    message: (d) => `the let ${quote(d.name)} is defined by itself`,
    help: (d) => (d.list === undefined ? undefined : d.list.join(" -> ")),
    explanation:
      "A let stands for its value wherever it is used, so it cannot refer to itself, directly or through others.",
    example: "policy t @ 1\nlet a = b\nlet b = a",
  },
  E122: {
    severity: "error",
    title: "a type that contains itself",
    message: (d) => `the type ${quote(d.name)} contains itself`,
    help: (d) => (d.list === undefined ? undefined : d.list.join(" -> ")),
    explanation: "Records are finite: a type never contains itself, directly or through others.",
    example: "policy t @ 1\ntype A { b: [A] }",
  },
  E131: {
    severity: "error",
    title: "a rule that concerns no tool",
    message: (d) => `no tool is meant by ${quote(d.name)}`,
    help: (d) => d.reason ?? "a rule that concerns nothing protects nothing",
    explanation:
      "A target that matches no tool is a misspelling, or a tool that was removed: either way the rule does nothing.",
    example: `${T}forbid a on pay { }`,
  },
  E136: {
    severity: "error",
    title: "a test that names an unknown rule",
    message: (d) => `no rule is called ${quote(d.name)}`,
    help: (d) =>
      (d.list?.length ?? 0) > 0
        ? `after \`by\` stands a rule's id, or input, default or limit; the rules are ${list(d.list)}`
        : "after `by` stands a rule's id, or input, default or limit",
    explanation: "`by ID` says which rule is among the reasons; `input`, `default` and `limit` are the runtime's own.",
    example: `${T}allow a on fs.read { }\ntest "x" { call fs.read(path: "/a") => allow by b }`,
  },
});
