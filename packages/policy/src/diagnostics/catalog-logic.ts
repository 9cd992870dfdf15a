import { entries, quote } from "./entry.js";

const T =
  "policy t @ 1\nuse std.identity\nuse std.tiers\ntool fs.read (path: Path) { effect read  risk low }\ntool fs.list (dir: Path) { effect read  risk low }\n";

/** W2xx: what is allowed and probably not meant; E4xx: isolation; E5xx: imports. */
export const LOGIC = entries({
  W201: {
    severity: "warning",
    title: "a tool that nothing grants",
    message: (d) => `no allow or ask concerns ${quote(d.name)}: every call of it is refused`,
    help: () => "add an `allow` or an `ask`, or remove the tool",
    explanation:
      "What nothing grants is refused. A tool that nobody can ever call is usually a rule forgotten or a target misspelt.",
    example: `${T}allow a on fs.read { }`,
  },
  W202: {
    severity: "warning",
    title: "a role that is not used",
    message: (d) => `the role ${quote(d.name)} is not used`,
    help: () => "use it in a `for` or `from`, or remove it",
    explanation: "A role that no rule names decides nothing.",
    example: `${T}role r { user.mfa }\nallow a on fs.read, fs.list { }`,
  },
  W203: {
    severity: "warning",
    title: "a let that is not used",
    message: (d) => `the let ${quote(d.name)} is not used`,
    help: () => "use it, or remove it",
    explanation: "A let that nothing refers to is usually a condition that was forgotten.",
    example: `${T}let x = 1\nallow a on fs.read, fs.list { }`,
  },
  W204: {
    severity: "warning",
    title: "an argument that some targets lack",
    message: (d) =>
      `${(d.list ?? []).join(", ")} ${(d.list?.length ?? 0) === 1 ? "has" : "have"} no ${quote(d.name)}, so for ${(d.list?.length ?? 0) === 1 ? "it" : "them"} this is unknown`,
    help: (d) => `name the tools that have it, or say \`has(${d.name ?? "x"}) and …\``,
    explanation:
      "A parameter that a tool does not declare is unknown: an `allow` does not grant then, a `forbid` refuses.",
    example: `${T}allow a on fs.read, fs.list { }\nforbid b on fs.* { when path under "/etc" }`,
  },
  E401: {
    severity: "error",
    title: "a risk without a tier",
    message: (d) => `no tier is declared for the risk ${quote(d.name)}${d.what === undefined ? "" : ` of ${d.what}`}`,
    help: (d) =>
      `declare \`tier ${d.name ?? "low"} { isolate … }\`, or take the usual ones with \`use std.tiers\`; a tool that says no risk is critical`,
    explanation:
      "The tier of the name of a tool's risk says where its calls run. Without it a call could only be refused.",
    example: "policy t @ 1\ntool a () { risk low }\nallow b on a { }",
  },
  E402: {
    severity: "error",
    title: "a tier that protects less than the one below",
    message: (d) => `the tier ${quote(d.name)} ${d.reason ?? "protects less than the one below it"}`,
    help: () => "a higher risk never isolates less, opens more, or drops an approval",
    explanation:
      "Tiers are ordered low, medium, high, critical. Raising the risk of a call must never make it less protected.",
    example: "policy t @ 1\ntier low { isolate process }\ntier high { isolate inline }",
  },
  E403: {
    severity: "error",
    title: "exec without isolation",
    message: (d) => `${quote(d.name)} runs programs, and the tier of its risk runs them inside the host`,
    help: () => "raise its `risk` to a tier that isolates (`process` or stronger)",
    explanation:
      "A tool with the effect `exec` runs what it is given. Inline it would run with everything the host may do.",
    example: "policy t @ 1\nuse std.tiers\ntool sh (cmd: Text) { effect exec  risk low }\nallow a on sh { }",
  },
  E404: {
    severity: "error",
    title: "a tier that does not say where it runs",
    message: (d) => `the tier ${quote(d.name)} does not say \`isolate\``,
    help: (d) => `add \`isolate\` and one of ${(d.list ?? []).join(", ")}`,
    explanation:
      "A tier says where calls of its risk run. There is no default, because any default would be a guess about isolation.",
    example: "policy t @ 1\ntier low { time 5s }",
  },
  E501: {
    severity: "error",
    title: "a file that cannot be read",
    message: (d) => `${quote(d.name)} cannot be read: ${d.reason ?? "it was not found"}`,
    help: (d) => d.expected ?? "check the path; it is relative to this file",
    explanation: '`use "./file.policy"` reads a file next to this one. A policy with a part missing is not a policy.',
    example: 'policy t @ 1\nuse "./missing.policy"',
  },
  E502: {
    severity: "error",
    title: "an import cycle",
    message: (d) => `${quote(d.name)} is used by itself`,
    help: (d) => (d.list ?? []).join(" -> "),
    explanation: "Files that use each other have no order in which they can be read. Put what both need into a third.",
    example: 'policy t @ 1\nuse "./main.policy"',
  },
  E503: {
    severity: "error",
    title: "a name the file does not declare",
    message: (d) => `${d.what ?? "the file"} declares no ${quote(d.name)}`,
    help: (d) =>
      (d.list?.length ?? 0) > 0
        ? `it declares ${(d.list ?? []).slice(0, 12).join(", ")}`
        : "it declares nothing that can be taken",
    explanation:
      '`use "file" { a, b }` takes names that the file itself declares: roles, types, lets, labels, tiers and tools. Rules are never taken.',
    example: "policy t @ 1\nuse std.tiers { lwo }",
  },
  E504: {
    severity: "error",
    title: "a name that two files bring",
    message: (d) => `the ${d.what ?? "name"} ${quote(d.name)} comes from two places`,
    help: () => 'take one of them under a prefix: `use "./file.policy" as base` makes it `base.name`',
    explanation:
      "A name has one meaning in a file. What is reached twice by different ways is one; two declarations of one name are not.",
    example: "policy t @ 1\nuse std.tiers\ntier low { isolate process }",
  },
  E505: {
    severity: "error",
    title: "too many files",
    message: (d) => `the files joined by \`use\` are ${d.reason ?? "too many"}`,
    help: () => "at most 256 files with 16 MB together",
    explanation: "What one policy reads is bounded, so that a file cannot make the compiler read without end.",
    example: "policy t @ 1\n# 300 files that use each other",
  },
  E507: {
    severity: "error",
    title: "a policy that is too large",
    message: (d) => `the compiled policy is outside its bounds: ${d.reason ?? "it is too large"}`,
    help: () => "split it, or shorten what is named",
    explanation:
      "A compiled policy is checked once more as the runtime will check it. What the runtime would refuse is refused here.",
    example: "policy t @ 1\n# more than 262144 rules",
  },
  E508: {
    severity: "error",
    title: "a fault of the compiler",
    message: () => "the policy could not be compiled whole, and no reason was found",
    help: () => "this is a fault of the compiler, not of the policy: please report it with the policy",
    explanation:
      "Every rule, role, tool and test of a source has to be in what is made of it. The compiler counts them, and gives nothing where one is missing.",
    example: "# no policy is known that shows it",
  },
  E510: {
    severity: "error",
    title: "an unknown parent",
    message: (d) =>
      `${quote(d.name)} is no policy that this file can extend${d.reason === undefined ? "" : `: ${d.reason}`}`,
    help: (d) =>
      (d.list?.length ?? 0) > 0
        ? `the files in use declare ${(d.list ?? []).join(", ")}`
        : 'add `use "./file.policy"` for the file whose header has that name',
    explanation:
      "`extends NAME` means a policy by the name in its header. The file that declares it stands in a `use` of the same file.",
    example: "policy t @ 1 extends acme.baseline",
  },
  E511: {
    severity: "error",
    title: "a change of what a final parent keeps",
    message: (d) =>
      `the ${d.what ?? "declaration"} ${quote(d.name)} is declared by ${quote(d.expected)}, which is final`,
    help: () => "give yours another name; what a final policy declares stays as it is for all that extend it",
    explanation:
      "A policy marked `final` can be extended: its rules are joined by the child's. What it declares cannot be replaced, so that its rules go on meaning what they mean.",
    example: "policy t @ 1 extends base\n# a child of a final policy that declares what its parent declares",
  },
  E512: {
    severity: "error",
    title: "an annotation that stands above no rule",
    message: (d) => `${quote(d.name)} stands above a ${d.what ?? "declaration"}, where it means nothing`,
    help: () => "put it above an allow, ask, forbid, flow, require, quota or output",
    explanation:
      "`@shadow` and control tags belong to rules. Above anything else they would be ignored, so they are refused.",
    example: "policy t @ 1\n@shadow\nlet x = 1",
  },
  E513: {
    severity: "error",
    title: "a policy from elsewhere that is not locked",
    message: (d) => `${quote(d.name)} comes from a package, and no lock file says which one was reviewed`,
    help: () => "read it, then write the lock file: `writ lock FILE`",
    explanation:
      "A policy from a package may change without anybody here changing anything. `writ.lock.json` beside the policy holds it to the text that was reviewed.",
    example: 'policy t @ 1\nuse "@acme/policies/base.policy"\n# with the package installed, and no writ.lock.json',
  },
  E514: {
    severity: "error",
    title: "a policy from elsewhere that has changed",
    message: (d) => `${quote(d.name)} is not the one that was locked: ${d.reason ?? "its text is another"}`,
    help: () => "read what has changed, then lock it anew: `writ lock FILE`; or install the version that was locked",
    explanation:
      "The lock file holds the digest of every policy from a package. One that differs was changed after it was reviewed, by an update or by somebody.",
    example: 'policy t @ 1\nuse "@acme/policies/base.policy"\n# with another text than writ.lock.json has',
  },
  E515: {
    severity: "error",
    title: "a lock file that cannot be read",
    message: (d) => `\`writ.lock.json\` cannot be used: ${d.reason ?? "it is no lock file"}`,
    help: () => "write it anew with `writ lock FILE`, and compare",
    explanation:
      "The lock file is written by `writ lock`, never by hand. One that cannot be read holds nothing to anything, so nothing is compiled beside it.",
    example: "policy t @ 1\n# beside a writ.lock.json that is no JSON",
  },
  E516: {
    severity: "error",
    title: "a tool's pin that differs from the locked one",
    message: (d) => `the pin of ${quote(d.name)} is not the one in the lock file`,
    help: () => "review the tool's schema and description, then lock it anew: `writ lock FILE`",
    explanation:
      "A pin holds a tool's schema and description to what was reviewed. Where the policy and the lock file have different ones, one of them was changed alone.",
    example: "policy t @ 1\n# a tool whose pin is not the one in writ.lock.json",
  },
  W501: {
    severity: "warning",
    title: "an unknown family of controls",
    message: (d) => `no family of controls is called ${quote(d.name)}`,
    help: (d) => `known are ${(d.list ?? []).join(", ")}; \`@shadow\` is evaluated and changes nothing`,
    explanation:
      'A tag such as `@owasp("ASI02")` ties a rule to a control of a catalogue. An unknown family is carried all the same: it may be your own, or a misspelling.',
    example: `${T}@owsap("ASI02")\nforbid b on * { when user.mfa }\nallow a on * { }`,
  },
  W206: {
    severity: "warning",
    title: "an inherited rule for a tool that is not there",
    message: (d) => `this policy has no tool ${quote(d.name)}: here the rule protects nothing`,
    help: (d) =>
      d.expected === undefined
        ? "check the name, if such a tool exists here under another"
        : `did you mean ${quote(d.expected)}?`,
    explanation:
      "A parent without tools is read with the tools of the policy that extends it. A tool that its rule names and the child does not have may be missing on purpose, or be called otherwise there.",
    example: "policy t @ 1 extends base\n# a child of a policy that names a tool which the child has not",
  },
  E506: {
    severity: "error",
    title: "an unknown module of the standard library",
    message: (d) => `the standard library has no ${quote(d.name)}`,
    help: (d) => `it has ${(d.list ?? []).join(", ")}; a file stands in quotes: \`use "./file.policy"\``,
    explanation: "A name after `use` is a module of the standard library; files stand in quotes.",
    example: "policy t @ 1\nuse std.lables",
  },
});
