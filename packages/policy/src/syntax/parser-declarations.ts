import type { IOrAlt } from "chevrotain";
import type { Attribute, DeclarationBody, FieldNode, Ident, RecordEntry, TierItem, TypeNode } from "./ast.js";
import { TestParser } from "./parser-tests.js";
import { Duration, key, Num, sign, Size, Str } from "./tokens.js";

/** Declarations of more than one line: labels, records, facts, tiers and tools. */
export abstract class DeclarationParser extends TestParser {
  /** `a < b` is ordered, `a, b` is a set. */
  protected label = this.RULE("label", (): DeclarationBody => {
    const start = this.begin();
    this.CONSUME(key("label"));
    const name = this.SUBRULE(this.name);
    this.CONSUME(sign("{"));
    const values = [this.SUBRULE1(this.name)];
    const ordered = this.OR<IOrAlt<boolean>[]>([
      {
        ALT: () => {
          this.AT_LEAST_ONE(() => {
            this.CONSUME(sign("<"));
            values.push(this.SUBRULE2(this.name));
          });
          return true;
        },
      },
      {
        ALT: () => {
          this.MANY(() => {
            this.CONSUME(sign(","));
            values.push(this.SUBRULE3(this.name));
          });
          return false;
        },
      },
    ]);
    this.CONSUME(sign("}"));
    return { kind: "label", name, ordered, values, at: this.since(start) };
  });

  protected shape = this.RULE("shape", (): DeclarationBody => {
    const start = this.begin();
    const kind = this.OR<IOrAlt<"identity" | "type">[]>([
      { ALT: () => (this.CONSUME(key("identity")), "identity") },
      { ALT: () => (this.CONSUME(key("type")), "type") },
    ]);
    const name = this.SUBRULE(this.name);
    const record = this.SUBRULE(this.record);
    return { kind, name, record, at: this.since(start) };
  });

  protected fact = this.RULE("fact", (): DeclarationBody => {
    const start = this.begin();
    this.CONSUME(key("fact"));
    const name = this.SUBRULE(this.name);
    const params: FieldNode[] = this.SUBRULE(this.parameters);
    this.CONSUME(sign("->"));
    const result = this.SUBRULE(this.type);
    this.CONSUME(sign("{"));
    const timeout = this.OPTION(() => (this.CONSUME(key("timeout")), this.ident(this.CONSUME(Duration))));
    const onError = this.OPTION1(
      () => (this.CONSUME(key("on")), this.CONSUME(key("error")), this.SUBRULE(this.operand)),
    );
    this.CONSUME(sign("}"));
    return { kind: "fact", name, params, result, timeout, onError, at: this.since(start) };
  });

  protected tier = this.RULE("tier", (): DeclarationBody => {
    const start = this.begin();
    const items: TierItem[] = [];
    this.CONSUME(key("tier"));
    const name = this.SUBRULE(this.name);
    this.CONSUME(sign("{"));
    this.MANY(() => items.push(this.SUBRULE(this.tierItem)));
    this.CONSUME(sign("}"));
    return { kind: "tier", name, items, at: this.since(start) };
  });

  protected tierItem = this.RULE("tierItem", (): TierItem => {
    const start = this.begin();
    const at = (): TierItem["at"] => this.since(start);
    return this.OR<IOrAlt<TierItem>[]>([
      {
        ALT: () => (
          this.CONSUME(key("isolate")),
          ((name) => ({ kind: "isolate", name, at: at() }))(this.SUBRULE(this.name))
        ),
      },
      {
        ALT: () => {
          this.CONSUME(key("network"));
          const list = this.OR1([
            { ALT: () => (this.CONSUME(key("none")), undefined) },
            { ALT: () => this.SUBRULE(this.list) },
          ]);
          return { kind: "network", list, at: at() };
        },
      },
      {
        ALT: () => {
          const kind = this.OR2<IOrAlt<"read" | "write" | "env">[]>([
            { ALT: () => (this.CONSUME(key("read")), "read") },
            { ALT: () => (this.CONSUME(key("write")), "write") },
            { ALT: () => (this.CONSUME(key("env")), "env") },
          ]);
          const list = this.SUBRULE1(this.list);
          return { kind, list, at: at() };
        },
      },
      {
        ALT: () => (
          this.CONSUME(key("time")),
          ((value) => ({ kind: "time", value, at: at() }))(this.ident(this.CONSUME(Duration)))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("memory")),
          ((value) => ({ kind: "memory", value, at: at() }))(this.ident(this.CONSUME(Size)))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("output")),
          ((value) => ({ kind: "output", value, at: at() }))(this.ident(this.CONSUME1(Size)))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("cpu")),
          ((value) => ({ kind: "cpu", value, at: at() }))(this.ident(this.CONSUME(Num)))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("processes")),
          ((value) => ({ kind: "processes", value, at: at() }))(this.ident(this.CONSUME1(Num)))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("approve")),
          ((role) => ({ kind: "approve", role, at: at() }))(this.SUBRULE(this.roleName))
        ),
      },
    ]);
  });

  protected tool = this.RULE("tool", (): DeclarationBody => {
    const start = this.begin();
    const attributes: Attribute[] = [];
    let as: Ident | undefined;
    let result: TypeNode | undefined;
    this.CONSUME(key("tool"));
    this.OPTION(() => {
      as = this.SUBRULE(this.string);
      this.CONSUME(key("as"));
    });
    const name = this.SUBRULE(this.qname);
    const params = this.SUBRULE(this.parameters);
    this.OPTION1(() => {
      this.CONSUME(sign("->"));
      result = this.SUBRULE(this.type);
    });
    this.CONSUME(sign("{"));
    this.MANY(() => attributes.push(this.SUBRULE(this.attribute)));
    this.CONSUME(sign("}"));
    return { kind: "tool", name, as, params, result, attributes, at: this.since(start) };
  });

  protected attribute = this.RULE("attribute", (): Attribute => {
    const start = this.begin();
    const at = (): Attribute["at"] => this.since(start);
    return this.OR<IOrAlt<Attribute>[]>([
      {
        ALT: () => (
          this.CONSUME(key("effect")),
          ((names) => ({ kind: "effect", names, at: at() }))(this.SUBRULE(this.names))
        ),
      },
      {
        ALT: () => (this.CONSUME(key("risk")), ((name) => ({ kind: "risk", name, at: at() }))(this.SUBRULE(this.name))),
      },
      {
        ALT: () => {
          this.CONSUME(key("labels"));
          return this.OR1<IOrAlt<Attribute>[]>([
            {
              ALT: () => {
                const entries: { pattern: string; label: Ident }[] = [];
                this.CONSUME(key("by"));
                const argument = this.SUBRULE(this.qname);
                this.CONSUME(sign("{"));
                this.AT_LEAST_ONE_SEP({
                  SEP: sign(","),
                  DEF: () => {
                    const pattern = this.text(this.CONSUME(Str));
                    this.CONSUME(sign(":"));
                    const label = this.SUBRULE1(this.name);
                    entries.push({ pattern, label });
                  },
                });
                this.CONSUME(sign("}"));
                return { kind: "labelsBy", argument, entries, at: at() };
              },
            },
            { ALT: () => ((names) => ({ kind: "labels", names, at: at() }))(this.SUBRULE1(this.names)) },
          ]);
        },
      },
      {
        ALT: () => (
          this.CONSUME(key("readers")),
          ((expression) => ({ kind: "readers", expression, at: at() }))(this.SUBRULE(this.expr))
        ),
      },
      {
        ALT: () => (this.CONSUME(key("sink")), ((args) => ({ kind: "sink", args, at: at() }))(this.SUBRULE(this.args))),
      },
      {
        ALT: () => (
          this.CONSUME(key("steer")),
          ((args) => ({ kind: "steer", args, at: at() }))(this.SUBRULE1(this.args))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("network")),
          ((hosts) => ({ kind: "network", hosts, at: at() }))(this.SUBRULE(this.list))
        ),
      },
      {
        ALT: () => {
          this.CONSUME(key("undo"));
          const tool = this.SUBRULE1(this.qname);
          const args: RecordEntry[] = this.SUBRULE(this.namedArgs);
          return { kind: "undo", tool, args, at: at() };
        },
      },
      {
        ALT: () => (
          this.CONSUME(key("pin")),
          ((digest) => ({ kind: "pin", digest: digest.text, at: at() }))(this.SUBRULE(this.string))
        ),
      },
      {
        ALT: () => (
          this.CONSUME(key("lowers")),
          ((names) => ({ kind: "lowers", names, at: at() }))(this.SUBRULE2(this.names))
        ),
      },
    ]);
  });
}
