import type { IToken } from "chevrotain";
import type { Clause, Declaration, PolicyFile } from "../syntax/ast.js";
import { inOrder } from "./clause-order.js";

/**
 * Whether two texts say the same: the same syntax but for places and the order of clauses, and the same tokens but for
 * commas, since the syntax leaves a few things out (the timeout of a fact, pairs of `not`).
 */
export function sameMeaning(
  a: { readonly file: PolicyFile; readonly tokens: readonly IToken[] },
  b: typeof a,
): boolean {
  return words(a.tokens) === words(b.tokens) && shape(a.file) === shape(b.file);
}

function words(tokens: readonly IToken[]): string {
  return tokens
    .map((token) => token.image)
    .filter((image) => image !== ",")
    .toSorted()
    .join("\n");
}

function shape({ header, uses, declarations }: PolicyFile): string {
  return JSON.stringify(
    { header: { ...header, final: header?.final !== undefined }, uses, declarations: declarations.map(ordered) },
    (key, value: unknown) => (key === "at" ? undefined : value),
  );
}

function ordered(declaration: Declaration): object {
  return "clauses" in declaration ? { ...declaration, clauses: inOrder<Clause>(declaration.clauses) } : declaration;
}
