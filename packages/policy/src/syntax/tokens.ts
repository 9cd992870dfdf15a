import { createToken, Lexer, type TokenType } from "chevrotain";

/*
 * The lexer is written by hand (lexer.ts): these types only name what it finds. Three categories make
 * keywords soft: `Word` is any word, `Name` any word but operator and clause words, `Level` the four
 * integrity levels, which alone make `from` an operator.
 */
const category = (name: string, label: string, categories: TokenType[] = []): TokenType =>
  createToken({ name, label, pattern: Lexer.NA, categories });

export const Word = category("Word", "a name");
export const Name = category("Name", "a name", [Word]);
export const Level = category("Level", "an integrity level", [Name]);
export const Id = category("Id", "a name", [Name]);
export const Currency = category("Currency", "a currency", [Name]);

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Operator words: no rule, role, label, type, let or fact has one of these names. */
export const OPERATOR_WORDS: ReadonlySet<string> = new Set(
  words("or and not every some in under like matches contains has from did asked true false"),
);
/** Clause words: likewise. */
export const CLAUSE_WORDS: ReadonlySet<string> = new Set(
  words(
    "for when unless after quorum show expires remember limit redact clamp set drop isolate because tell scan truncate label",
  ),
);
/** Words that separate the parts of one thing; names everywhere else. */
const SOFT_WORDS =
  words(`policy extends final use as taint context value let param identity role type fact timeout on error tier tool
  endorse intent allow ask forbid require quota output flow prove test network none read write env time cpu memory
  processes approve effect risk labels by readers sink steer undo pin lowers except requester with to of per calls distinct
  concurrent second minute hour day session raise else ok failed denied within unbroken said given at wait call returns
  isolated never reach refines arg`);
const LEVELS = words("trusted claimed named untrusted");

/** The token type of every keyword, by its text. */
export const KEYWORDS: ReadonlyMap<string, TokenType> = new Map([
  ...[...OPERATOR_WORDS, ...CLAUSE_WORDS].map((word) => keyword(word, Word)),
  ...LEVELS.map((word) => keyword(word, Level)),
  ...SOFT_WORDS.map((word) => keyword(word, Name)),
]);

function keyword(word: string, parent: TokenType): readonly [string, TokenType] {
  return [word, category(`K_${word}`, `\`${word}\``, [parent])];
}

/** The token type of a keyword. */
export function key(word: string): TokenType {
  const type = KEYWORDS.get(word);
  if (type === undefined) throw new Error(`no keyword ${word}`);
  return type;
}

const literal = (name: string, label: string): TokenType => category(name, label);
export const Str = literal("Str", "a text");
export const Num = literal("Num", "a number");
export const Duration = literal("Duration", "a duration");
export const Size = literal("Size", "a size");
export const Instant = literal("Instant", "an instant");
export const Handle = literal("Handle", "a handle");

/** The token type of every sign, by its text. */
export const SIGNS: ReadonlyMap<string, TokenType> = new Map(
  words("=> == != <= >= -> .. < > = ( ) { } [ ] , : ? . * / + - | & @").map((image) => [
    image,
    category(`S_${image}`, `\`${image}\``),
  ]),
);

/** The token type of a sign. */
export function sign(text: string): TokenType {
  const type = SIGNS.get(text);
  if (type === undefined) throw new Error(`no sign ${text}`);
  return type;
}

/** Every token type, for the parser. */
export const ALL_TOKENS: TokenType[] = [
  Word,
  Name,
  Level,
  Id,
  Currency,
  ...KEYWORDS.values(),
  Str,
  Num,
  Duration,
  Size,
  Instant,
  Handle,
  ...SIGNS.values(),
];
