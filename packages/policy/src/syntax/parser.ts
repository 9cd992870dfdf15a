import type { IOrAlt } from "chevrotain";
import type { Annotation, Declaration, DeclarationBody, Header, Ident, PolicyFile, QName, UseNode } from "./ast.js";
import { DeclarationParser } from "./parser-declarations.js";
import { key, Num, sign, Str } from "./tokens.js";

/** The whole grammar of a file (language.md): LL(3), no ambiguity but those the gates settle. */
export class PolicyParser extends DeclarationParser {
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
