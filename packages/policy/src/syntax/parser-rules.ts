import type { IOrAlt } from "chevrotain";
import type { Clause, FlowNode, Ident, LimitNode, QName, RuleKind, RuleNode } from "./ast.js";
import { ExpressionParser } from "./parser-expressions.js";
import { Currency, Duration, key, Num, sign, Size } from "./tokens.js";

const RULE_KINDS: readonly RuleKind[] = ["allow", "ask", "forbid", "require", "quota", "output", "endorse"];
const WINDOWS = ["second", "minute", "hour", "day", "session"];

/**
 * Rules, flows and their clauses. There is one rule for all kinds and one list of clauses: which clause fits
 * which kind is the checker's table, so that it can say so in words.
 */
export abstract class RuleParser extends ExpressionParser {
  protected rule = this.RULE("rule", (): RuleNode => {
    const start = this.begin();
    const rule = this.OR<IOrAlt<RuleKind>[]>(
      RULE_KINDS.map((kind) => ({ ALT: () => (this.CONSUME(key(kind)), kind) })),
    );
    const name = this.SUBRULE(this.name);
    this.CONSUME(key("on"));
    const targets = this.SUBRULE(this.targets);
    const clauses = this.SUBRULE(this.block);
    return { kind: "rule", rule, name, targets, clauses, at: this.since(start) };
  });

  /** `flow [NAME:] LABELS -> TARGETS forbid|ask|raise TIER [{ clauses }]`. */
  protected flow = this.RULE("flow", (): FlowNode => {
    const start = this.begin();
    let name: Ident | undefined;
    let tier: Ident | undefined;
    this.CONSUME(key("flow"));
    this.OPTION({
      GATE: () => this.is(2, sign(":")),
      DEF: () => {
        name = this.SUBRULE(this.name);
        this.CONSUME(sign(":"));
      },
    });
    const labels = this.SUBRULE(this.labelSets);
    this.CONSUME(sign("->"));
    const targets = this.SUBRULE(this.targets);
    const action = this.OR<IOrAlt<FlowNode["action"]>[]>([
      { ALT: () => (this.CONSUME(key("forbid")), "forbid") },
      { ALT: () => (this.CONSUME(key("ask")), "ask") },
      {
        ALT: () => {
          this.CONSUME(key("raise"));
          tier = this.SUBRULE1(this.name);
          return "raise";
        },
      },
    ]);
    const clauses = this.OPTION1(() => this.SUBRULE(this.block)) ?? [];
    return { kind: "flow", name, labels, targets, action, tier, clauses, at: this.since(start) };
  });

  /** `a & b | c`: any of these, all of those. */
  protected labelSets = this.RULE("labelSets", (): Ident[][] => {
    const sets: Ident[][] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: sign("|"),
      DEF: () => {
        const all: Ident[] = [];
        this.AT_LEAST_ONE_SEP1({ SEP: sign("&"), DEF: () => all.push(this.SUBRULE(this.name)) });
        sets.push(all);
      },
    });
    return sets;
  });

  protected block = this.RULE("block", (): Clause[] => {
    const clauses: Clause[] = [];
    this.CONSUME(sign("{"));
    this.MANY(() => clauses.push(this.SUBRULE(this.clause)));
    this.CONSUME(sign("}"));
    return clauses;
  });

  protected clause = this.RULE("clause", (): Clause => {
    const start = this.begin();
    const at = (): Clause["at"] => this.since(start);
    return this.OR<IOrAlt<Clause>[]>([
      {
        ALT: () => (
          this.CONSUME(key("for")),
          ((roles) => ({ kind: "for", roles, at: at() }))(this.SUBRULE(this.roles))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("when")),
          ((expression) => ({ kind: "when", expression, at: at() }))(this.SUBRULE(this.expr))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("unless")),
          ((expression) => ({ kind: "unless", expression, at: at() }))(this.SUBRULE1(this.expr))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("after")),
          ((event) => ({ kind: "after", event, at: at() }))(this.SUBRULE(this.event))
        ),
      },
      {
        ALT: () => {
          this.CONSUME(key("from"));
          const roles = this.SUBRULE1(this.roles);
          const except = this.OPTION(() => {
            this.CONSUME(key("except"));
            return this.CONSUME(key("requester"));
          });
          return { kind: "from", roles, exceptRequester: except !== undefined, at: at() };
        },
      },
      {
        ALT: () => (
          this.CONSUME(key("quorum")),
          ((count) => ({ kind: "quorum", count, at: at() }))(this.ident(this.CONSUME(Num)))
        ),
      },
      {
        ALT: () => (this.CONSUME(key("show")), ((args) => ({ kind: "show", args, at: at() }))(this.SUBRULE(this.args))),
      },
      {
        ALT: () => (
          this.CONSUME(key("expires")),
          ((duration) => ({ kind: "expires", duration, at: at() }))(this.ident(this.CONSUME(Duration)))
        ),
      },
      {
        ALT: () => {
          this.CONSUME(key("remember"));
          const duration = this.OR1<IOrAlt<Ident>[]>([
            { ALT: () => this.ident(this.CONSUME1(Duration)) },
            { ALT: () => this.ident(this.CONSUME(key("session"))) },
          ]);
          this.CONSUME(key("on"));
          const args = this.SUBRULE1(this.args);
          return { kind: "remember", duration, args, at: at() };
        },
      },
      { ALT: () => ((limit) => ({ kind: "limit", limit, at: at() }))(this.SUBRULE(this.limit)) },
      {
        ALT: () => {
          this.CONSUME(key("redact"));
          const argument: QName = this.SUBRULE(this.qname);
          this.CONSUME(key("with"));
          const detectors = this.SUBRULE(this.names);
          return { kind: "redact", argument, detectors, at: at() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("clamp"));
          const argument = this.SUBRULE1(this.qname);
          this.CONSUME(key("to"));
          const value = this.SUBRULE(this.operand);
          return { kind: "clamp", argument, value, at: at() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("set"));
          const argument = this.SUBRULE2(this.qname);
          this.CONSUME(sign("="));
          const value = this.SUBRULE2(this.expr);
          return { kind: "set", argument, value, at: at() };
        },
      },
      {
        ALT: () => (
          this.CONSUME(key("drop")),
          ((argument) => ({ kind: "drop", argument, at: at() }))(this.SUBRULE3(this.qname))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("isolate")),
          ((tier) => ({ kind: "isolate", tier, at: at() }))(this.SUBRULE(this.name))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("because")),
          ((text) => ({ kind: "because", text: text.text, at: at() }))(this.SUBRULE(this.string))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("tell")),
          ((text) => ({ kind: "tell", text: text.text, at: at() }))(this.SUBRULE1(this.string))
        ),
      },
      {
        GATE: () => this.is(2, key("when")),
        ALT: () => {
          this.CONSUME(key("forbid"));
          this.CONSUME1(key("when"));
          const expression = this.SUBRULE3(this.expr);
          return { kind: "forbid when", expression, at: at() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("scan"));
          const argument = this.SUBRULE4(this.qname);
          this.CONSUME1(key("for"));
          const detectors = this.SUBRULE1(this.names);
          this.CONSUME(key("else"));
          this.CONSUME1(key("forbid"));
          return { kind: "scan", argument, detectors, at: at() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("truncate"));
          const argument = this.SUBRULE5(this.qname);
          this.CONSUME1(key("to"));
          const size = this.ident(this.CONSUME(Size));
          return { kind: "truncate", argument, size, at: at() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("label"));
          const argument = this.SUBRULE6(this.qname);
          const labels = this.SUBRULE2(this.names);
          return { kind: "label", argument, labels, at: at() };
        },
      },
    ]);
  });

  protected limit = this.RULE("limit", (): LimitNode => {
    let per: Ident | undefined;
    this.CONSUME(key("limit"));
    const quantity = this.OR<IOrAlt<LimitNode["quantity"]>[]>([
      {
        ALT: () => {
          const count = this.ident(this.CONSUME(Num));
          this.CONSUME(key("concurrent"));
          return { kind: "concurrent", count };
        },
      },
      {
        ALT: () => {
          const counted = this.SUBRULE(this.quantity);
          this.CONSUME(key("per"));
          per = this.OR1<IOrAlt<Ident>[]>([
            ...WINDOWS.map((window) => ({ ALT: () => this.ident(this.CONSUME(key(window))) })),
            { ALT: () => this.ident(this.CONSUME(Duration)) },
          ]);
          return counted;
        },
      },
    ]);
    const by = this.OPTION(() => {
      this.CONSUME(key("by"));
      return this.SUBRULE(this.args);
    });
    return { quantity, per, by: by ?? [] };
  });

  /** `N calls`, `N distinct ARG`, `LITERAL of EXPR`. */
  protected quantity = this.RULE("quantity", (): LimitNode["quantity"] => {
    const start = this.begin();
    return this.OR<IOrAlt<LimitNode["quantity"]>[]>([
      {
        ALT: () => {
          const number = this.CONSUME(Num);
          const count = this.ident(number);
          return this.OR1<IOrAlt<LimitNode["quantity"]>[]>([
            { ALT: () => (this.CONSUME(key("calls")), { kind: "calls", count }) },
            {
              ALT: () => (
                this.CONSUME(key("distinct")),
                ((argument) => ({ kind: "distinct", count, argument }))(this.SUBRULE(this.qname))
              ),
            },
            {
              ALT: () => {
                const currency = this.OPTION(() => this.CONSUME(Currency));
                const at = this.since(start);
                this.CONSUME(key("of"));
                const of = this.SUBRULE(this.operand);
                return {
                  kind: "amount",
                  amount:
                    currency === undefined
                      ? { kind: "number", text: count.text, at }
                      : { kind: "money", amount: count.text, currency: currency.image, at },
                  of,
                };
              },
            },
          ]);
        },
      },
      {
        ALT: () => {
          const amount = this.OR2([
            {
              ALT: () =>
                ((token) => ({ kind: "size" as const, text: token.image, at: this.since(start) }))(this.CONSUME(Size)),
            },
            {
              ALT: () =>
                ((token) => ({ kind: "duration" as const, text: token.image, at: this.since(start) }))(
                  this.CONSUME(Duration),
                ),
            },
          ]);
          this.CONSUME1(key("of"));
          const of = this.SUBRULE1(this.operand);
          return { kind: "amount", amount, of };
        },
      },
    ]);
  });
}
