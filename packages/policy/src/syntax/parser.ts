import type { IOrAlt } from "chevrotain";
import type { Annotation, Attribute, Declaration, DeclarationBody, FieldNode, Header, Ident, PolicyFile, QName, RecordEntry, TierItem, TypeNode, UseNode } from "./ast.js";
import { TestParser } from "./parser-tests.js";
import { Duration, key, Num, sign, Size, Str } from "./tokens.js";

/** The whole grammar of a file (language.md): LL(3), no ambiguity but those the gates settle. */
export class PolicyParser extends TestParser {
  #header: Header | undefined;
  #uses: UseNode[] = [];
  #declarations: Declaration[] = [];

  constructor() {
    super();
    this.performSelfAnalysis();
  }

  /** What has been read since the last call, complete declarations only. */
  take(): PolicyFile {
    const file = { header: this.#header, uses: this.#uses, declarations: this.#declarations };
    this.#header = undefined;
    this.#uses = [];
    this.#declarations = [];
    return file;
  }

  file = this.RULE("file", (): void => {
    const header = this.SUBRULE(this.header);
    this.ACTION(() => (this.#header = header));
    this.MANY(() => {
      const use = this.SUBRULE(this.use);
      this.ACTION(() => this.#uses.push(use));
    });
    this.MANY1(() => {
      const declaration = this.SUBRULE(this.declaration);
      this.ACTION(() => this.#declarations.push(declaration));
    });
  });

  /** What follows an error: `use`s and declarations. */
  rest = this.RULE("rest", (): void => {
    this.MANY(() => {
      const use = this.SUBRULE(this.use);
      this.ACTION(() => this.#uses.push(use));
    });
    this.MANY1(() => {
      const declaration = this.SUBRULE(this.declaration);
      this.ACTION(() => this.#declarations.push(declaration));
    });
  });

  private header = this.RULE("header", (): Header => {
    const start = this.begin();
    let version: Ident | undefined;
    let parent: QName | undefined;
    this.CONSUME(key("policy"));
    const name = this.SUBRULE(this.qname);
    this.OPTION({
      GATE: () => this.is(2, Num), // else `@` is an annotation
      DEF: () => {
        this.CONSUME(sign("@"));
        version = this.ident(this.CONSUME(Num));
      },
    });
    this.OPTION1(() => {
      this.CONSUME(key("extends"));
      parent = this.SUBRULE1(this.qname);
    });
    const final = this.OPTION2(() => this.ident(this.CONSUME(key("final"))));
    return { name, version, extends: parent, final: final?.at, at: this.since(start) };
  });

  private use = this.RULE("use", (): UseNode => {
    const start = this.begin();
    let names: QName[] | undefined;
    let as: Ident | undefined;
    this.CONSUME(key("use"));
    const from = this.OR<IOrAlt<UseNode["from"]>[]>([
      { ALT: () => ((text) => ({ kind: "text", value: text.text, at: text.at }))(this.SUBRULE(this.string)) },
      { ALT: () => ((name) => ({ kind: "std", value: name.text, at: name.at }))(this.SUBRULE(this.qname)) },
    ]);
    this.OPTION(() => {
      const taken: QName[] = [];
      this.CONSUME(sign("{"));
      this.AT_LEAST_ONE_SEP({ SEP: sign(","), DEF: () => taken.push(this.SUBRULE1(this.qname)) });
      this.CONSUME(sign("}"));
      names = taken;
    });
    this.OPTION1(() => {
      this.CONSUME(key("as"));
      as = this.SUBRULE(this.name);
    });
    return { from, names, as, at: this.since(start) };
  });

  private annotation = this.RULE("annotation", (): Annotation => {
    const start = this.begin();
    const values: string[] = [];
    this.CONSUME(sign("@"));
    const name = this.SUBRULE(this.word);
    this.OPTION(() => {
      this.CONSUME(sign("("));
      this.AT_LEAST_ONE_SEP({ SEP: sign(","), DEF: () => values.push(this.text(this.CONSUME(Str))) });
      this.CONSUME(sign(")"));
    });
    return { name, values, at: this.since(start) };
  });

  private declaration = this.RULE("declaration", (): Declaration => {
    const annotations: Annotation[] = [];
    this.MANY(() => annotations.push(this.SUBRULE(this.annotation)));
    const body = this.OR<IOrAlt<DeclarationBody>[]>([
      { ALT: () => this.SUBRULE(this.simple) },
      { ALT: () => this.SUBRULE(this.label) },
      { ALT: () => this.SUBRULE(this.shape) },
      { ALT: () => this.SUBRULE(this.fact) },
      { ALT: () => this.SUBRULE(this.tier) },
      { ALT: () => this.SUBRULE(this.tool) },
      { ALT: () => this.SUBRULE(this.rule) },
      { ALT: () => this.SUBRULE(this.flow) },
      { ALT: () => this.SUBRULE(this.test) },
    ]);
    return this.ACTION(() => ({ ...body, annotations }));
  });

  /** `taint`, `let`, `param`, `role`, `intent`, `prove`. */
  private simple = this.RULE("simple", (): DeclarationBody => {
    const start = this.begin();
    return this.OR<IOrAlt<DeclarationBody>[]>([
      {
        ALT: () => {
          this.CONSUME(key("taint"));
          const mode = this.OR1<IOrAlt<"context" | "value">[]>([
            { ALT: () => (this.CONSUME(key("context")), "context") },
            { ALT: () => (this.CONSUME(key("value")), "value") },
          ]);
          return { kind: "taint", mode, at: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("let"));
          const name = this.SUBRULE(this.name);
          this.CONSUME(sign("="));
          const value = this.SUBRULE(this.expr);
          return { kind: "let", name, value, at: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("param"));
          const name = this.SUBRULE1(this.name);
          this.CONSUME(sign(":"));
          const type = this.SUBRULE(this.type);
          return { kind: "param", name, type, at: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("role"));
          const name = this.SUBRULE2(this.name);
          this.CONSUME(sign("{"));
          const when = this.SUBRULE1(this.expr);
          this.CONSUME(sign("}"));
          return { kind: "role", name, when, at: this.since(start) };
        },
      },
      {
        ALT: () => {
          const words: string[] = [];
          this.CONSUME(key("intent"));
          const name = this.SUBRULE3(this.name);
          this.CONSUME1(sign("{"));
          this.AT_LEAST_ONE_SEP({ SEP: sign(","), DEF: () => words.push(this.text(this.CONSUME(Str))) });
          this.CONSUME1(sign("}"));
          return { kind: "intent", name, words, at: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(key("prove"));
          const name = this.SUBRULE4(this.name);
          this.CONSUME2(sign("{"));
          const proof = this.SUBRULE(this.proof);
          this.CONSUME2(sign("}"));
          return { kind: "prove", name, proof, at: this.since(start) };
        },
      },
    ]);
  });

  /** `a < b` is ordered, `a, b` is a set. */
  private label = this.RULE("label", (): DeclarationBody => {
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

  private shape = this.RULE("shape", (): DeclarationBody => {
    const start = this.begin();
    const kind = this.OR<IOrAlt<"identity" | "type">[]>([
      { ALT: () => (this.CONSUME(key("identity")), "identity") },
      { ALT: () => (this.CONSUME(key("type")), "type") },
    ]);
    const name = this.SUBRULE(this.name);
    const record = this.SUBRULE(this.record);
    return { kind, name, record, at: this.since(start) };
  });

  private fact = this.RULE("fact", (): DeclarationBody => {
    const start = this.begin();
    this.CONSUME(key("fact"));
    const name = this.SUBRULE(this.name);
    const params: FieldNode[] = this.SUBRULE(this.parameters);
    this.CONSUME(sign("->"));
    const result = this.SUBRULE(this.type);
    this.CONSUME(sign("{"));
    this.MANY(() => this.OR([
      { ALT: () => (this.CONSUME(key("timeout")), this.CONSUME(Duration)) },
      { ALT: () => (this.CONSUME(key("on")), this.CONSUME(key("error")), this.SUBRULE(this.operand)) },
    ]));
    this.CONSUME(sign("}"));
    return { kind: "fact", name, params, result, at: this.since(start) };
  });

  private tier = this.RULE("tier", (): DeclarationBody => {
    const start = this.begin();
    const items: TierItem[] = [];
    this.CONSUME(key("tier"));
    const name = this.SUBRULE(this.name);
    this.CONSUME(sign("{"));
    this.MANY(() => items.push(this.SUBRULE(this.tierItem)));
    this.CONSUME(sign("}"));
    return { kind: "tier", name, items, at: this.since(start) };
  });

  private tierItem = this.RULE("tierItem", (): TierItem => {
    const start = this.begin();
    const at = (): TierItem["at"] => this.since(start);
    return this.OR<IOrAlt<TierItem>[]>([
      { ALT: () => (this.CONSUME(key("isolate")), ((name) => ({ kind: "isolate", name, at: at() }))(this.SUBRULE(this.name))) },
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
      { ALT: () => (this.CONSUME(key("time")), ((value) => ({ kind: "time", value, at: at() }))(this.ident(this.CONSUME(Duration)))) },
      { ALT: () => (this.CONSUME(key("memory")), ((value) => ({ kind: "memory", value, at: at() }))(this.ident(this.CONSUME(Size)))) },
      { ALT: () => (this.CONSUME(key("output")), ((value) => ({ kind: "output", value, at: at() }))(this.ident(this.CONSUME1(Size)))) },
      { ALT: () => (this.CONSUME(key("cpu")), ((value) => ({ kind: "cpu", value, at: at() }))(this.ident(this.CONSUME(Num)))) },
      { ALT: () => (this.CONSUME(key("processes")), ((value) => ({ kind: "processes", value, at: at() }))(this.ident(this.CONSUME1(Num)))) },
      { ALT: () => (this.CONSUME(key("approve")), ((role) => ({ kind: "approve", role, at: at() }))(this.SUBRULE(this.roleName))) },
    ]);
  });

  private tool = this.RULE("tool", (): DeclarationBody => {
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

  private attribute = this.RULE("attribute", (): Attribute => {
    const start = this.begin();
    const at = (): Attribute["at"] => this.since(start);
    return this.OR<IOrAlt<Attribute>[]>([
      { ALT: () => (this.CONSUME(key("effect")), ((names) => ({ kind: "effect", names, at: at() }))(this.SUBRULE(this.names))) },
      { ALT: () => (this.CONSUME(key("risk")), ((name) => ({ kind: "risk", name, at: at() }))(this.SUBRULE(this.name))) },
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
      { ALT: () => (this.CONSUME(key("readers")), ((expression) => ({ kind: "readers", expression, at: at() }))(this.SUBRULE(this.expr))) },
      { ALT: () => (this.CONSUME(key("sink")), ((args) => ({ kind: "sink", args, at: at() }))(this.SUBRULE(this.args))) },
      { ALT: () => (this.CONSUME(key("steer")), ((args) => ({ kind: "steer", args, at: at() }))(this.SUBRULE1(this.args))) },
      { ALT: () => (this.CONSUME(key("network")), ((hosts) => ({ kind: "network", hosts, at: at() }))(this.SUBRULE(this.list))) },
      {
        ALT: () => {
          this.CONSUME(key("undo"));
          const tool = this.SUBRULE1(this.qname);
          const args: RecordEntry[] = this.SUBRULE(this.namedArgs);
          return { kind: "undo", tool, args, at: at() };
        },
      },
      { ALT: () => (this.CONSUME(key("pin")), ((digest) => ({ kind: "pin", digest: digest.text, at: at() }))(this.SUBRULE(this.string))) },
      { ALT: () => (this.CONSUME(key("lowers")), ((names) => ({ kind: "lowers", names, at: at() }))(this.SUBRULE2(this.names))) },
    ]);
  });

  private test = this.RULE("test", (): DeclarationBody => {
    const start = this.begin();
    this.CONSUME(key("test"));
    const name = this.SUBRULE(this.string);
    this.CONSUME(sign("{"));
    const statements: Extract<DeclarationBody, { kind: "test" }>["statements"][number][] = [];
    this.MANY(() => statements.push(this.SUBRULE(this.statement)));
    this.CONSUME(sign("}"));
    return { kind: "test", name, statements, at: this.since(start) };
  });
}
