import type { IOrAlt } from "chevrotain";
import type { FieldNode, Ident, TypeNode, TypeParameter } from "./ast.js";
import { ParserBase, place } from "./parser-base.js";
import { key, Name, Num, sign, Str } from "./tokens.js";

/** Types, fields and parameters. */
export abstract class TypeParser extends ParserBase {
  /** `word:` or `word?:`, counted from the n-th token on, begins the next field. */
  private fieldNext(n: number): boolean {
    return this.is(n, sign(":")) || (this.is(n, sign("?")) && this.is(n + 1, sign(":")));
  }

  protected type: () => TypeNode = this.RULE("type", (): TypeNode => {
    const start = this.begin();
    return this.OR<IOrAlt<TypeNode>[]>([
      {
        ALT: () => {
          this.CONSUME(sign("["));
          const of = this.SUBRULE(this.type);
          this.CONSUME(sign("]"));
          return { kind: "list", of, at: this.since(start) };
        },
      },
      { ALT: () => this.SUBRULE(this.record) },
      {
        ALT: () => {
          const values: Ident[] = [];
          this.AT_LEAST_ONE_SEP({ SEP: sign("|"), DEF: () => values.push(this.SUBRULE(this.string)) });
          return { kind: "enum", values, at: this.since(start) };
        },
      },
      { ALT: () => this.SUBRULE(this.typeName) },
    ]);
  });

  /** `Text<500>`, `Money<USD>`, `Ref<"mail">`, `base.Customer`. */
  protected typeName = this.RULE("typeName", (): TypeNode => {
    const start = this.begin();
    const name = this.SUBRULE(this.roleName);
    let parameter: TypeParameter | undefined;
    this.OPTION({
      GATE: () => this.is(3, sign(">")), // else `<` compares: some arg of Int < 5
      DEF: () => {
        this.CONSUME(sign("<"));
        parameter = this.OR<IOrAlt<TypeParameter>[]>([
          { ALT: () => ((token) => ({ kind: "number", value: token.image, at: place(token) }))(this.CONSUME(Num)) },
          { ALT: () => ((token) => ({ kind: "text", value: this.text(token), at: place(token) }))(this.CONSUME(Str)) },
          { ALT: () => ((token) => ({ kind: "name", value: token.image, at: place(token) }))(this.CONSUME1(Name)) },
        ]);
        this.CONSUME(sign(">"));
      },
    });
    return { kind: "name", name, parameter, at: this.since(start) };
  });

  protected record: () => TypeNode = this.RULE("record", (): TypeNode => {
    const start = this.begin();
    const fields: FieldNode[] = [];
    this.CONSUME(sign("{"));
    this.MANY(() => {
      fields.push(this.SUBRULE(this.field));
      this.OPTION(() => this.CONSUME(sign(",")));
    });
    this.CONSUME(sign("}"));
    return { kind: "record", fields, at: this.since(start) };
  });

  protected field = this.RULE("field", (): FieldNode => {
    const start = this.begin();
    const name = this.SUBRULE(this.word);
    const optional = this.OPTION(() => this.CONSUME(sign("?"))) !== undefined;
    this.CONSUME(sign(":"));
    const type = this.SUBRULE(this.type);
    let by: Ident | undefined;
    let shape: FieldNode["shape"];
    const labels: Ident[] = [];
    this.OPTION1({
      GATE: () => !this.fieldNext(2),
      DEF: () => {
        this.CONSUME(key("by"));
        by = this.SUBRULE1(this.word);
      },
    });
    this.OPTION2({
      GATE: () => !this.fieldNext(2),
      DEF: () => {
        const from = this.begin();
        const operator = this.OR<IOrAlt<"matches" | "like">[]>([
          { ALT: () => (this.CONSUME(key("matches")), "matches") },
          { ALT: () => (this.CONSUME(key("like")), "like") },
        ]);
        const text = this.SUBRULE(this.string);
        shape = this.ACTION(() => ({ operator, text: text.text, at: this.since(from) }));
      },
    });
    this.OPTION3({
      GATE: () => !this.fieldNext(2),
      DEF: () => {
        labels.push(this.SUBRULE(this.name));
        this.MANY({
          GATE: () => this.is(2, Name) && !this.fieldNext(3),
          DEF: () => {
            this.CONSUME(sign(","));
            labels.push(this.SUBRULE1(this.name));
          },
        });
      },
    });
    return { name, optional, type, by, shape, labels, at: this.since(start) };
  });

  protected parameters = this.RULE("parameters", (): FieldNode[] => {
    const parameters: FieldNode[] = [];
    this.CONSUME(sign("("));
    this.MANY_SEP({ SEP: sign(","), DEF: () => parameters.push(this.SUBRULE(this.parameter)) });
    this.CONSUME(sign(")"));
    return parameters;
  });

  protected parameter = this.RULE("parameter", (): FieldNode => {
    const start = this.begin();
    const name = this.SUBRULE(this.word);
    const optional = this.OPTION(() => this.CONSUME(sign("?"))) !== undefined;
    this.CONSUME(sign(":"));
    const type = this.SUBRULE(this.type);
    return { name, optional, type, by: undefined, shape: undefined, labels: [], at: this.since(start) };
  });
}
