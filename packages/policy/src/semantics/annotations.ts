import type { Tag } from "@writ/ir";
import type { Annotation, Declaration } from "../syntax/ast.js";
import type { Program } from "./resolve.js";
import { checkAnnotations } from "./rules/tags.js";

/** What stands above a rule, as the bundle has it. */
export interface Annotations {
  readonly shadow?: true;
  readonly tags?: Tag[];
}

/** Whether a declaration is only evaluated for the record. */
export function isShadow(node: Pick<Declaration, "annotations">): boolean {
  return node.annotations.some((one) => one.name.text === "shadow");
}

/** `@shadow` and `@tag("...")` of a rule. Tags of one family are joined. */
export function annotationsOf(node: Pick<Declaration, "annotations">, program: Program): Annotations {
  checkAnnotations(node.annotations, program);
  const tags = new Map<string, Set<string>>();
  for (const { name, values } of node.annotations.filter((one) => !isMark(one))) {
    const known = tags.get(name.text) ?? new Set();
    for (const value of values) known.add(value);
    tags.set(name.text, known);
  }
  return {
    ...(isShadow(node) ? { shadow: true } : {}),
    ...(tags.size === 0 ? {} : { tags: [...tags].map(([family, values]) => ({ family, values: [...values] })) }),
  };
}

/** A word of the language's own, which is no control. */
export function isMark(annotation: Annotation): boolean {
  return annotation.name.text === "shadow";
}
