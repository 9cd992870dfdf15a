import { EmbeddedActionsParser, type IToken, type TokenType } from "chevrotain";
import type { Place } from "../source/place.js";
import { textOf } from "./lexer.js";
import { LazyLookahead } from "./lookahead.js";
import { syntaxMessages } from "./messages.js";
import type { Ident, QName } from "./ast.js";
import type { Problem } from "./problem.js";
import { ALL_TOKENS, Name, sign, Str, Word } from "./tokens.js";

/** Tokens that a decision of the grammar may look at. */
const LOOKAHEAD = 3;

/**
 * What every part of the grammar shares: names, places, soft keywords. Recovery is not Chevrotain's: an error
 * ends the declaration it stands in, and parse.ts goes on at the next one, so that one mistake is one message.
 */
export abstract class ParserBase extends EmbeddedActionsParser {
  /** Mistakes that do not stop the parser, such as a chain of comparisons. */
  readonly problems: Problem[] = [];

  constructor() {
    super(ALL_TOKENS, {
      maxLookahead: LOOKAHEAD,
      lookaheadStrategy: new LazyLookahead({ maxLookahead: LOOKAHEAD }),
      recoveryEnabled: false,
      errorMessageProvider: syntaxMessages,
      skipValidations: true,
    });
  }

  /** Where the next token begins. */
  protected begin(): number {
    return this.LA(1).startOffset;
  }

  /** From `start` to the end of the last token consumed. */
  protected since(start: number): Place {
    return { start, end: (this.LA(0).endOffset ?? start) + 1 };
  }

  /** Whether the n-th token ahead is of one of these types or categories. */
  protected is(n: number, ...types: readonly TokenType[]): boolean {
    const actual = this.LA(n).tokenType;
    return types.some((type) => actual === type || type.categoryMatchesMap?.[actual.tokenTypeIdx ?? -1] === true);
  }

  protected ident(token: IToken): Ident {
    return { text: token.image, at: place(token) };
  }

  protected text(token: IToken): string {
    return textOf(token.image);
  }

  protected name = this.RULE("name", (): Ident => this.ident(this.CONSUME(Name)));

  protected word = this.RULE("word", (): Ident => this.ident(this.CONSUME(Word)));

  protected string = this.RULE("string", (): Ident => {
    const token = this.CONSUME(Str);
    return { text: this.text(token), at: place(token) };
  });

  /** Policies, tools, modules, arguments: any words, with dots. */
  protected qname = this.RULE("qname", (): QName => {
    const parts: Ident[] = [this.SUBRULE(this.word)];
    this.MANY(() => {
      this.CONSUME(sign("."));
      parts.push(this.SUBRULE1(this.word));
    });
    return this.ACTION(() => qualified(parts));
  });

  /** Roles: a name, or one below a prefix (`base.owner`). */
  protected roleName = this.RULE("roleName", (): QName => {
    const parts: Ident[] = [this.SUBRULE(this.name)];
    this.MANY(() => {
      this.CONSUME(sign("."));
      parts.push(this.SUBRULE(this.word));
    });
    return this.ACTION(() => qualified(parts));
  });

  protected roles = this.RULE("roles", (): QName[] => {
    const roles: QName[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: sign(","), DEF: () => roles.push(this.SUBRULE(this.roleName)) });
    return roles;
  });

  /** Labels and detectors. */
  protected names = this.RULE("names", (): Ident[] => {
    const names: Ident[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: sign(","), DEF: () => names.push(this.SUBRULE(this.name)) });
    return names;
  });

  protected args = this.RULE("args", (): QName[] => {
    const args: QName[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: sign(","), DEF: () => args.push(this.SUBRULE(this.qname)) });
    return args;
  });
}

/** Where a token stands. */
export function place(token: IToken): Place {
  return { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}

function qualified(parts: readonly Ident[]): QName {
  const first = parts[0];
  const last = parts.at(-1);
  return {
    text: parts.map((part) => part.text).join("."),
    parts,
    at: { start: first?.at.start ?? 0, end: last?.at.end ?? 0 },
  };
}
