import type { IOrAlt } from "chevrotain";
import type { CallNode, Expr, Ident, Proof, QName, RecordEntry, Statement } from "./ast.js";
import { RuleParser } from "./parser-rules.js";
import { Duration, Instant, key, sign } from "./tokens.js";

/** Inline tests and proofs. */
export abstract class TestParser extends RuleParser {
  protected statement = this.RULE("statement", (): Statement => {
    const start = this.begin();
    const at = (): Statement["at"] => this.since(start);
    return this.OR<IOrAlt<Statement>[]>([
      {
        ALT: () => {
          this.CONSUME(key("as"));
          const roles = this.SUBRULE(this.roles);
          const claims: { name: QName; value: Expr }[] = [];
          this.OPTION(() => {
            this.CONSUME(key("with"));
            this.AT_LEAST_ONE_SEP({
              SEP: sign(","),
              DEF: () => {
                const name = this.SUBRULE(this.qname);
                this.CONSUME(sign("="));
                const value = this.SUBRULE(this.operand);
                claims.push({ name, value });
              },
            });
          });
          return { kind: "as", roles, claims, at: at() };
        },
      },
      {
        ALT: () => (
          this.CONSUME(key("said")),
          ((text) => ({ kind: "said", text: text.text, at: at() }))(this.SUBRULE(this.string))
        ),
      },
      {
        ALT: () => {
          this.CONSUME(key("given"));
          return this.OR1<IOrAlt<Statement>[]>([
            {
              ALT: () => {
                this.CONSUME(key("label"));
                const names = this.SUBRULE(this.names);
                return { kind: "given", what: "label", names, value: undefined, at: at() };
              },
            },
            {
              ALT: () => {
                this.CONSUME(key("fact"));
                const name = this.SUBRULE(this.name);
                this.CONSUME1(sign("="));
                const value = this.SUBRULE1(this.operand);
                return { kind: "given", what: "fact", names: [name], value, at: at() };
              },
            },
          ]);
        },
      },
      {
        ALT: () => (
          this.CONSUME(key("at")),
          ((instant) => ({ kind: "at", instant, at: at() }))(this.ident(this.CONSUME(Instant)))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("wait")),
          ((duration) => ({ kind: "wait", duration, at: at() }))(this.ident(this.CONSUME(Duration)))
        ),
      },
      { ALT: () => this.SUBRULE(this.call) },
    ]);
  });

  protected call = this.RULE("call", (): CallNode => {
    const start = this.begin();
    const by: QName[] = [];
    const from: QName[] = [];
    let isolated: Ident | undefined;
    let returns: Expr | undefined;
    let transformed: CallNode["with"];
    this.CONSUME(key("call"));
    const tool = this.SUBRULE(this.qname);
    const args = this.SUBRULE(this.namedArgs);
    this.CONSUME(sign("=>"));
    const effect = this.OR<IOrAlt<CallNode["effect"]>[]>([
      { ALT: () => (this.CONSUME(key("allow")), "allow") },
      { ALT: () => (this.CONSUME(key("ask")), "ask") },
      { ALT: () => (this.CONSUME(key("forbid")), "forbid") },
    ]);
    this.MANY(() =>
      this.OR1([
        { ALT: () => (this.CONSUME(key("by")), by.push(this.SUBRULE1(this.qname))) },
        { ALT: () => (this.CONSUME(key("from")), from.push(...this.spread(this.SUBRULE(this.roles)))) },
        { ALT: () => (this.CONSUME(key("isolated")), (isolated = this.SUBRULE(this.name))) },
        { ALT: () => (this.CONSUME(key("returns")), (returns = this.SUBRULE(this.operand))) },
        {
          ALT: () => {
            const begun = this.begin();
            this.CONSUME(key("with"));
            const after = this.SUBRULE1(this.namedArgs);
            transformed = { args: after, at: this.since(begun) };
          },
        },
      ]),
    );
    return { kind: "call", tool, args, effect, by, from, isolated, returns, with: transformed, at: this.since(start) };
  });

  protected namedArgs: () => RecordEntry[] = this.RULE("namedArgs", (): RecordEntry[] => {
    const entries: RecordEntry[] = [];
    this.CONSUME(sign("("));
    this.MANY_SEP({
      SEP: sign(","),
      DEF: () => {
        const name = this.SUBRULE(this.word);
        this.CONSUME(sign(":"));
        const value = this.SUBRULE(this.operand);
        entries.push({ name, value });
      },
    });
    this.CONSUME(sign(")"));
    return entries;
  });

  protected proof = this.RULE("proof", (): Proof => {
    const start = this.begin();
    let when: Expr | undefined;
    return this.OR<IOrAlt<Proof>[]>([
      {
        ALT: () => {
          this.CONSUME(key("never"));
          return this.OR1<IOrAlt<Proof>[]>([
            {
              // `allow` before a target is the word, not a label.
              GATE: () => this.is(1, key("allow")) && !this.is(2, sign("|"), sign("&"), key("reach")),
              ALT: () => {
                this.CONSUME(key("allow"));
                const targets = this.SUBRULE(this.targets);
                this.OPTION(() => {
                  this.CONSUME(key("when"));
                  when = this.SUBRULE(this.expr);
                });
                return { kind: "neverAllow", targets, when, at: this.since(start) };
              },
            },
            {
              ALT: () => {
                const labels = this.SUBRULE(this.labelSets);
                this.CONSUME(key("reach"));
                const targets = this.SUBRULE1(this.targets);
                return { kind: "neverReach", labels, targets, at: this.since(start) };
              },
            },
          ]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("some"));
          this.CONSUME1(key("allow"));
          const targets = this.SUBRULE2(this.targets);
          this.OPTION1(() => {
            this.CONSUME1(key("when"));
            when = this.SUBRULE1(this.expr);
          });
          return { kind: "someAllow", targets, when, at: this.since(start) };
        },
      },
      {
        ALT: () => {
          const left = this.SUBRULE(this.qname);
          this.CONSUME(key("refines"));
          const right = this.SUBRULE1(this.qname);
          return { kind: "refines", left, right, at: this.since(start) };
        },
      },
    ]);
  });

  /** While the grammar is recorded a sub-rule returns a stand-in that cannot be spread. */
  private spread<T>(items: T[]): T[] {
    return this.RECORDING_PHASE ? [] : items;
  }
}
