import * as fc from "fast-check";

/*
 * Policies over the whole grammar, as lists of tokens: what they mean is of no interest here, only that they parse.
 * Texts are joined by white space and comments of every kind, so that layout is generated, too.
 */
type Tokens = fc.Arbitrary<string[]>;

const seq = (...parts: readonly (Tokens | string)[]): Tokens =>
  fc.tuple(...parts.map((part) => (typeof part === "string" ? fc.constant([part]) : part))).map((all) => all.flat());
const one = (...words: readonly string[]): Tokens => fc.constantFrom(...words).map((word) => [word]);
const or = (...parts: readonly Tokens[]): Tokens => fc.oneof(...parts);
const maybe = (part: Tokens): Tokens => fc.option(part, { nil: [] });
const many = (part: Tokens, separator: readonly string[] = [], { least = 0, most = 3 } = {}): Tokens =>
  fc
    .array(part, { minLength: least, maxLength: most })
    .map((all) => all.flatMap((tokens, i) => (i === 0 ? tokens : [...separator, ...tokens])));
const list = (part: Tokens, least = 1): Tokens => many(part, [","], { least });

const name = one("a", "b", "crm", "amount", "user", "owner_of_a_rather_long_name", "USD", "risk", "allow", "to", "of");
const word = or(name, one("x", "from", "and", "limit", "when", "true"));
const qname = seq(name, maybe(seq(".", word)));
const tool = or(
  qname,
  one("fs.read").map(() => ["fs", ".", "read"]),
);
const str = one(
  '"a"',
  '"a \\"quoted\\" text # no comment"',
  '"*.acme.com"',
  '"{"',
  '"a text that is rather long, so that lines with it have to be broken somewhere"',
);
const num = one("0", "12", "0.5");
const duration = one("50ms", "15s", "2h");
const size = one("64KB", "1MB");
const money = seq(num, one("USD", "JPY"));
const level = one("trusted", "claimed", "named", "untrusted");
const compare = or(
  one("==", "!=", "<", "<=", ">", ">=", "in", "under", "like", "matches", "contains", "has"),
  fc.constant(["not", "in"]),
);
const target = or(one("*", "write", "reply"), tool, fc.constant(["fs", ".", "*"]));
const targets = seq(target, many(seq(one(",", "|"), target)));
const labelSets = many(many(name, ["&"], { least: 1, most: 2 }), ["|"], { least: 1, most: 2 });

const { type, expr, operand, event } = fc.letrec<{
  type: string[];
  field: string[];
  expr: string[];
  predicate: string[];
  operand: string[];
  primary: string[];
  path: string[];
  event: string[];
}>((tie) => {
  const deep = { maxDepth: 3, depthIdentifier: "expression" };
  const typeName = seq(
    one("Text", "Line", "Money", "Email", "Ref"),
    maybe(or(seq("<", one("200", "USD", '"mail"'), ">"))),
  );
  const predicate = fc.oneof(
    deep,
    tie("operand"),
    seq(tie("operand"), compare, tie("operand")),
    seq(tie("path"), "from", level),
    seq("asked", name),
    seq(
      one("every", "some"),
      or(seq("arg", "of", typeName), tie("path")),
      or(seq(compare, tie("operand")), seq("from", level)),
    ),
    seq(one("every", "some"), name, "in", name, ":", "(", tie("expr"), ")"),
    seq("did", tie("event")),
    seq("(", tie("expr"), ")"),
    seq(many(fc.constant(["not"]), [], { least: 1 }), "(", tie("expr"), ")"),
  );
  const primary = fc.oneof(
    deep,
    or(str, num, money, duration, size, one("true", "false", "2026-01-05T10:00:00Z")),
    tie("path"),
    seq("has", "(", qname, ")"),
    seq("(", tie("expr"), ")"),
    seq("[", list(tie("expr"), 0), "]"),
    seq("{", list(seq(word, ":", tie("expr")), 0), "}"),
  );
  return {
    type: fc.oneof(
      { maxDepth: 2, depthIdentifier: "type" },
      typeName,
      many(str, ["|"], { least: 1 }),
      seq("[", tie("type"), "]"),
      seq("{", many(seq(tie("field"), maybe(fc.constant([","])))), "}"),
    ),
    field: seq(
      word,
      maybe(fc.constant(["?"])),
      ":",
      tie("type"),
      maybe(seq("by", one("a", "x"))),
      maybe(seq(one("matches", "like"), str)),
      maybe(list(one("pii", "trusted", "untrusted"))),
    ),
    predicate,
    expr: fc.oneof(
      deep,
      tie("predicate"),
      many(tie("predicate"), ["and"], { least: 1 }),
      many(many(tie("predicate"), ["and"], { least: 1, most: 2 }), ["or"], { least: 1 }),
    ),
    primary,
    operand: fc.oneof(
      deep,
      tie("primary"),
      seq("-", tie("primary")),
      seq(tie("primary"), one("+", "-", "*", "/"), tie("primary")),
      seq(num, "..", num),
    ),
    path: seq(
      or(name, one("$1", "now")),
      many(fc.oneof(deep, seq(".", word), seq("[", num, "]"), seq("(", list(tie("expr"), 0), ")"))),
    ),
    event: seq(
      tool,
      maybe(seq("(", tie("expr"), ")")),
      maybe(one("ok", "failed", "denied")),
      maybe(seq("within", duration)),
    ),
  };
});

const field = seq(
  word,
  maybe(fc.constant(["?"])),
  ":",
  type,
  maybe(seq("by", one("a", "x"))),
  maybe(seq(one("matches", "like"), str)),
  maybe(list(one("pii", "trusted", "untrusted"))),
);
const args = seq("(", list(seq(word, ":", operand), 0), ")");
const parameters = seq("(", list(seq(word, maybe(fc.constant(["?"])), ":", type), 0), ")");
const names = list(name);

const clause = or(
  seq("for", list(one("support", "owner"))),
  seq("when", expr),
  seq("unless", expr),
  seq("after", event, maybe(seq("unbroken", "by", targets))),
  seq("from", list(one("manager", "owner")), maybe(fc.constant(["except", "requester"]))),
  seq("quorum", num),
  seq("show", list(qname)),
  seq("expires", duration),
  seq("remember", or(duration, one("session")), "on", list(qname)),
  seq(
    "limit",
    or(
      seq(num, "concurrent"),
      seq(
        or(seq(num, "calls"), seq(num, "distinct", qname), seq(or(money, size), "of", operand)),
        "per",
        or(one("hour", "session"), duration),
      ),
    ),
    maybe(seq("by", list(qname))),
  ),
  seq("redact", qname, "with", names),
  seq("clamp", qname, "to", operand),
  seq("set", qname, "=", expr),
  seq("drop", qname),
  seq("isolate", one("high")),
  seq("because", str),
  seq("tell", str),
  seq("forbid", "when", expr),
  seq("scan", qname, "for", names, "else", "forbid"),
  seq("truncate", qname, "to", size),
  seq("label", qname, names),
);
const block = seq("{", many(clause, [], { most: 5 }), "}");

const attribute = or(
  seq("effect", names),
  seq("risk", name),
  seq("labels", names),
  seq("labels", "by", qname, "{", list(seq(str, ":", name)), "}"),
  seq("readers", expr),
  seq("sink", list(qname)),
  seq("steer", list(qname)),
  seq("network", "[", list(str), "]"),
  seq("undo", tool, args),
  seq("pin", str),
  seq("lowers", names),
);
const tierItem = or(
  seq("isolate", one("inline", "container")),
  seq("network", or(one("none"), seq("[", list(str), "]"))),
  seq(one("read", "write", "env"), "[", list(str, 0), "]"),
  seq(one("time"), duration),
  seq(one("memory", "output"), size),
  seq(one("cpu", "processes"), num),
  seq("approve", one("owner")),
);
const outcome = or(
  seq("by", qname),
  seq("from", list(one("manager", "owner"))),
  seq("isolated", name),
  seq("returns", operand),
  seq("with", args),
);
const statement = or(
  seq("as", list(one("support", "owner")), maybe(seq("with", list(seq(qname, "=", operand))))),
  seq("said", str),
  seq("given", "label", names),
  seq("given", "fact", name, "=", operand),
  seq("at", "2026-01-05T10:00:00Z"),
  seq("wait", duration),
  seq("call", tool, args, "=>", one("allow", "ask", "forbid"), many(outcome)),
  seq("call", tool, args, "=>", one("allow", "ask", "forbid"), many(outcome)),
);
const proof = or(
  seq("never", "allow", targets, maybe(seq("when", expr))),
  seq("some", "allow", targets, maybe(seq("when", expr))),
  seq("never", one("pii", "credentials"), "reach", targets),
  seq(qname, "refines", qname),
);

const declaration = or(
  seq("taint", one("context", "value")),
  seq("let", name, "=", expr),
  seq("param", name, ":", type),
  seq("label", name, "{", or(many(name, ["<"], { least: 2 }), names), "}"),
  seq(one("identity", "type"), name, "{", many(seq(field, maybe(fc.constant([","])))), "}"),
  seq("role", name, "{", expr, "}"),
  seq(
    "fact",
    name,
    parameters,
    "->",
    type,
    "{",
    maybe(seq("timeout", duration)),
    maybe(seq("on", "error", operand)),
    "}",
  ),
  seq("tier", one("low", "medium", "critical"), "{", many(tierItem, [], { most: 5 }), "}"),
  seq("intent", name, "{", list(str), "}"),
  seq(
    "tool",
    maybe(seq(str, "as")),
    tool,
    parameters,
    maybe(seq("->", type)),
    "{",
    many(attribute, [], { most: 4 }),
    "}",
  ),
  seq(one("allow", "ask", "forbid", "require", "quota", "output", "endorse"), name, "on", targets, block),
  seq(one("allow", "ask", "forbid", "require", "quota", "output", "endorse"), name, "on", targets, block),
  seq(
    "flow",
    maybe(seq(name, ":")),
    labelSets,
    "->",
    targets,
    or(one("forbid", "ask"), fc.constant(["raise", "high"])),
    maybe(block),
  ),
  seq("test", str, "{", many(statement, [], { most: 5 }), "}"),
  seq("prove", name, "{", proof, "}"),
);
const annotated = seq(many(or(seq("@", "shadow"), seq("@", name, "(", list(str), ")")), [], { most: 2 }), declaration);
const file = seq(
  "policy",
  qname,
  maybe(seq("@", one("3"))),
  maybe(seq("extends", qname)),
  maybe(fc.constant(["final"])),
  many(seq("use", or(str, seq("std", ".", "tiers")), maybe(seq("{", names, "}")), maybe(seq("as", one("base"))))),
  many(annotated, [], { most: 5 }),
);

const blanks = fc.oneof(
  { weight: 20, arbitrary: fc.constant(" ") },
  { weight: 4, arbitrary: fc.constantFrom("\n", "\n  ", "   ", "\r\n", "\t") },
  { weight: 2, arbitrary: fc.constantFrom("\n\n", "\n\n\n\n") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("# beside\n", " # behind \n", "\n# above\n", "\n\n## documentation\n", "\n#\n# two\n\n"),
  },
);

/** The text of a policy, laid out anyhow. */
export const policyText: fc.Arbitrary<string> = fc.tuple(file, fc.infiniteStream(blanks)).map(([tokens, spaces]) => {
  let text = "";
  for (const token of tokens) text += token + (spaces.next().value ?? " ");
  return text;
});
