import type { IOrAlt, IToken } from "chevrotain";
import type {
  ComparisonOperator,
  EventPattern,
  Expr,
  Ident,
  OperatorNode,
  QName,
  Quantifier,
  RecordEntry,
  Target,
} from "./ast.js";
import { place } from "./parser-base.js";
import { TargetParser } from "./parser-targets.js";
import { Currency, Duration, Handle, Instant, key, Level, Name, Num, sign, Size, Word } from "./tokens.js";

/** Sums, products and paths are left-deep: bounded, so that nothing later recurses without end. */
const MAX_CHAIN = 64;

interface Tail {
  readonly operator: OperatorNode | undefined;
  readonly level: Ident | undefined;
  readonly right: Expr | undefined;
}

const SIGN_OPERATORS = ["==", "!=", "<", "<=", ">", ">="] as const;
const WORD_OPERATORS = ["in", "under", "like", "matches", "contains", "has"] as const;

/** `or < and < not < every/some, did, asked < comparison < .. < + - < * / < unary - < . [] ()`. */
export abstract class ExpressionParser extends TargetParser {
  protected expr: () => Expr = this.RULE("expr", (): Expr => {
    const start = this.begin();
    const items = [this.SUBRULE(this.conjunction)];
    this.MANY(() => {
      this.CONSUME(key("or"));
      items.push(this.SUBRULE1(this.conjunction));
    });
    return this.ACTION(() => joined("or", items, this.since(start)));
  });

  protected conjunction = this.RULE("conjunction", (): Expr => {
    const start = this.begin();
    const items = [this.SUBRULE(this.negation)];
    this.MANY(() => {
      this.CONSUME(key("and"));
      items.push(this.SUBRULE1(this.negation));
    });
    return this.ACTION(() => joined("and", items, this.since(start)));
  });

  protected negation = this.RULE("negation", (): Expr => {
    const starts: number[] = [];
    this.MANY(() => {
      const token = this.CONSUME(key("not"));
      starts.push(token.startOffset);
    });
    let result = this.SUBRULE(this.predicate);
    this.ACTION(() => {
      // An even number of `not` is none, an odd one is one: no depth to recurse into.
      const outer = starts[0];
      if (outer === undefined) return;
      if (starts.length % 2 === 1) result = { kind: "not", of: result, at: this.since(outer) };
    });
    return result;
  });

  protected predicate = this.RULE("predicate", (): Expr => {
    const start = this.begin();
    return this.OR<IOrAlt<Expr>[]>([
      { ALT: () => this.SUBRULE(this.quantifier) },
      {
        ALT: () => {
          this.CONSUME(key("did"));
          const event = this.SUBRULE(this.event);
          return { kind: "did", event, at: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("asked"));
          const intent = this.SUBRULE(this.name);
          return { kind: "asked", intent, at: this.since(start) };
        },
      },
      {
        ALT: () => {
          let result = this.SUBRULE(this.operand);
          let tails = 0;
          this.MANY({
            // `from` is the operator only before a level; anywhere else it begins a clause.
            GATE: () => !(this.is(1, key("from")) && !this.is(2, Level)),
            DEF: () => {
              const tail = this.SUBRULE(this.comparisonTail);
              this.ACTION(() => {
                tails += 1;
                if (tails === 2)
                  this.problems.push({ code: "E012", at: tail.operator?.at ?? this.since(start), details: {} });
                if (tails === 1) result = compared(result, tail, this.since(start));
              });
            },
          });
          return result;
        },
      },
    ]);
  });

  protected quantifier: () => Quantifier = this.RULE("quantifier", (): Quantifier => {
    const start = this.begin();
    const which = this.OR<IOrAlt<"every" | "some">[]>([
      { ALT: () => (this.CONSUME(key("every")), "every") },
      { ALT: () => (this.CONSUME(key("some")), "some") },
    ]);
    const subject = this.OR1<IOrAlt<Quantifier["subject"]>[]>([
      {
        ALT: () => {
          const from = this.begin();
          this.CONSUME(key("arg"));
          this.CONSUME(key("of"));
          const type = this.SUBRULE(this.typeName);
          return { kind: "argsOf", type, at: this.since(from) };
        },
      },
      { ALT: () => this.SUBRULE(this.path) },
    ]);
    const tail = this.SUBRULE(this.comparisonTail);
    let body: Expr | undefined;
    this.OPTION(() => {
      this.CONSUME(sign(":"));
      this.CONSUME(sign("("));
      body = this.SUBRULE(this.expr);
      this.CONSUME(sign(")"));
    });
    return this.ACTION(() => ({ kind: "quantifier", which, subject, ...tail, body, at: this.since(start) }));
  });

  protected comparisonTail = this.RULE("comparisonTail", (): Tail =>
    this.OR<IOrAlt<Tail>[]>([
      {
        ALT: () => {
          this.CONSUME(key("from"));
          const level = this.ident(this.CONSUME(Level));
          return { operator: undefined, level, right: undefined };
        },
      },
      {
        ALT: () => {
          const operator = this.SUBRULE(this.operator);
          const right = this.SUBRULE(this.operand);
          return { operator, level: undefined, right };
        },
      },
    ]),
  );

  protected operator = this.RULE("operator", (): OperatorNode => {
    const start = this.begin();
    const operator = this.OR<IOrAlt<ComparisonOperator>[]>([
      ...SIGN_OPERATORS.map((text) => ({ ALT: () => (this.CONSUME(sign(text)), text) })),
      ...WORD_OPERATORS.map((text) => ({ ALT: () => (this.CONSUME(key(text)), text) })),
      { ALT: (): "not in" => (this.CONSUME(key("not")), this.CONSUME1(key("in")), "not in") },
    ]);
    return { operator, at: this.since(start) };
  });

  protected operand = this.RULE("operand", (): Expr => {
    const start = this.begin();
    const low = this.SUBRULE(this.sum);
    let result = low;
    this.OPTION(() => {
      this.CONSUME(sign(".."));
      const high = this.SUBRULE1(this.sum);
      result = { kind: "range", low, high, at: this.since(start) };
    });
    return result;
  });

  protected sum = this.RULE("sum", (): Expr => {
    const start = this.begin();
    let result = this.SUBRULE(this.product);
    let length = 0;
    this.MANY(() => {
      const operator = this.OR<IOrAlt<"+" | "-">[]>([
        { ALT: () => (this.CONSUME(sign("+")), "+") },
        { ALT: () => (this.CONSUME(sign("-")), "-") },
      ]);
      const right = this.SUBRULE1(this.product);
      result = this.chained(
        start,
        ++length,
        { kind: "arithmetic", operator, left: result, right, at: this.since(start) },
        result,
      );
    });
    return result;
  });

  protected product = this.RULE("product", (): Expr => {
    const start = this.begin();
    let result = this.SUBRULE(this.unary);
    let length = 0;
    this.MANY(() => {
      const operator = this.OR<IOrAlt<"*" | "/">[]>([
        { ALT: () => (this.CONSUME(sign("*")), "*") },
        { ALT: () => (this.CONSUME(sign("/")), "/") },
      ]);
      const right = this.SUBRULE1(this.unary);
      result = this.chained(
        start,
        ++length,
        { kind: "arithmetic", operator, left: result, right, at: this.since(start) },
        result,
      );
    });
    return result;
  });

  protected unary = this.RULE("unary", (): Expr => {
    const start = this.begin();
    const minus = this.OPTION(() => this.CONSUME(sign("-")));
    const of = this.SUBRULE(this.primary);
    return minus === undefined ? of : { kind: "negate", of, at: this.since(start) };
  });

  protected primary: () => Expr = this.RULE("primary", (): Expr => {
    const start = this.begin();
    const scalar = (kind: "duration" | "size" | "instant", token: IToken): Expr => ({
      kind,
      text: token.image,
      at: place(token),
    });
    return this.OR<IOrAlt<Expr>[]>([
      { ALT: () => ((text) => ({ kind: "text", value: text.text, at: text.at }))(this.SUBRULE(this.string)) },
      {
        ALT: () => {
          const amount = this.CONSUME(Num);
          const currency = this.OPTION(() => this.CONSUME(Currency));
          const at = this.since(start);
          return currency === undefined
            ? { kind: "number", text: amount.image, at }
            : { kind: "money", amount: amount.image, currency: currency.image, at };
        },
      },
      { ALT: () => scalar("duration", this.CONSUME(Duration)) },
      { ALT: () => scalar("size", this.CONSUME(Size)) },
      { ALT: () => scalar("instant", this.CONSUME(Instant)) },
      { ALT: () => ({ kind: "bool", value: true, at: place(this.CONSUME(key("true"))) }) },
      { ALT: () => ({ kind: "bool", value: false, at: place(this.CONSUME(key("false"))) }) },
      {
        ALT: () => {
          this.CONSUME(sign("("));
          const inner = this.SUBRULE(this.expr);
          this.CONSUME(sign(")"));
          return inner;
        },
      },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.recordValue) },
      {
        ALT: () => {
          this.CONSUME(key("has"));
          this.CONSUME1(sign("("));
          const path = this.SUBRULE(this.qname);
          this.CONSUME1(sign(")"));
          return { kind: "given", path, at: this.since(start) };
        },
      },
      { ALT: () => this.SUBRULE(this.path) },
    ]);
  });

  protected path: () => Expr = this.RULE("path", (): Expr => {
    const start = this.begin();
    let result = this.OR<IOrAlt<Expr>[]>([
      { ALT: () => ((token) => ({ kind: "name", name: token.image, at: place(token) }))(this.CONSUME(Name)) },
      {
        ALT: () =>
          ((token) => ({ kind: "handle", index: Number(token.image.slice(1)), at: place(token) }))(
            this.CONSUME(Handle),
          ),
      },
    ]);
    let length = 0;
    this.MANY(() => {
      const before = result;
      const next = this.OR1<IOrAlt<Expr>[]>([
        {
          ALT: () => {
            this.CONSUME(sign("."));
            const name = this.ident(this.CONSUME(Word));
            return { kind: "member", of: before, name, at: this.since(start) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(sign("["));
            const index = this.SUBRULE(this.operand);
            this.CONSUME(sign("]"));
            return { kind: "index", of: before, index, at: this.since(start) };
          },
        },
        {
          ALT: () => {
            const args: Expr[] = [];
            this.CONSUME(sign("("));
            this.MANY_SEP({ SEP: sign(","), DEF: () => args.push(this.SUBRULE(this.expr)) });
            this.CONSUME(sign(")"));
            return { kind: "call", of: before, args, at: this.since(start) };
          },
        },
      ]);
      result = this.chained(start, ++length, next, before);
    });
    return result;
  });

  protected list = this.RULE("list", (): Expr => {
    const start = this.begin();
    const items: Expr[] = [];
    this.CONSUME(sign("["));
    this.MANY_SEP({ SEP: sign(","), DEF: () => items.push(this.SUBRULE(this.expr)) });
    this.CONSUME(sign("]"));
    return { kind: "list", items, at: this.since(start) };
  });

  protected recordValue = this.RULE("recordValue", (): Expr => {
    const start = this.begin();
    const entries: RecordEntry[] = [];
    this.CONSUME(sign("{"));
    this.MANY_SEP({
      SEP: sign(","),
      DEF: () => {
        const name = this.SUBRULE(this.word);
        this.CONSUME(sign(":"));
        const value = this.SUBRULE(this.expr);
        entries.push({ name, value });
      },
    });
    this.CONSUME(sign("}"));
    return { kind: "record", entries, at: this.since(start) };
  });

  /** `TOOL[(EXPR)] [ok|failed|denied] [within D] [unbroken by TARGETS]`. */
  protected event: () => EventPattern = this.RULE("event", (): EventPattern => {
    const start = this.begin();
    const tool: QName = this.SUBRULE(this.qname);
    let where: Expr | undefined;
    let within: Ident | undefined;
    let unbroken: readonly Target[] = [];
    this.OPTION(() => {
      this.CONSUME(sign("("));
      where = this.SUBRULE(this.expr);
      this.CONSUME(sign(")"));
    });
    const outcome = this.OPTION1(() =>
      this.OR<IOrAlt<Ident>[]>([
        { ALT: () => this.ident(this.CONSUME(key("ok"))) },
        { ALT: () => this.ident(this.CONSUME(key("failed"))) },
        { ALT: () => this.ident(this.CONSUME(key("denied"))) },
      ]),
    );
    this.OPTION2(() => {
      this.CONSUME(key("within"));
      within = this.ident(this.CONSUME(Duration));
    });
    this.OPTION3(() => {
      this.CONSUME(key("unbroken"));
      this.CONSUME(key("by"));
      unbroken = this.SUBRULE(this.targets);
    });
    return { tool, where, outcome, within, unbroken, at: this.since(start) };
  });

  private chained(start: number, length: number, next: Expr, before: Expr): Expr {
    if (length <= MAX_CHAIN) return next;
    this.ACTION(() => {
      if (length === MAX_CHAIN + 1)
        this.problems.push({ code: "E009", at: this.since(start), details: { number: MAX_CHAIN } });
    });
    return before;
  }
}

function joined(kind: "and" | "or", items: readonly Expr[], at: Expr["at"]): Expr {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind, items, at };
}

function compared(left: Expr, tail: Tail, at: Expr["at"]): Expr {
  if (tail.level !== undefined) return { kind: "from", of: left, level: tail.level, at };
  if (tail.operator === undefined || tail.right === undefined) return left;
  return { kind: "compare", operator: tail.operator, left, right: tail.right, at };
}
