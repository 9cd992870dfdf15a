import type { Span } from "@writ/ir";
import type { Code, Details } from "../diagnostics/catalog.js";
import type { Inference } from "../semantics/infer/scope.js";
import type { Program } from "../semantics/resolve.js";
import type { RoleSymbol, ModuleScope, TypeTable } from "../semantics/symbols.js";
import type { ToolIndex } from "../semantics/targets.js";
import type { Place } from "../source/place.js";
import type { Ident, QName } from "../syntax/ast.js";
import { suggest } from "../diagnostics/suggest.js";

/** What every part of the lowering reads. */
export interface Lowering {
  readonly program: Program;
  readonly types: TypeTable;
  readonly inference: Inference;
  readonly tools: ToolIndex;
}

export function spanAt(scope: ModuleScope, at: Place): Span {
  const { module } = scope;
  const { line, column } = module.file.position(at.start);
  return [module.index, at.start, at.end, line, column];
}

/** Says something about a place of the entry. */
export function complain(
  program: Program,
  code: Code,
  at: Place,
  details: Details = {},
  suggestion?: string,
): undefined {
  program.report.add(code, program.entry.module.file, at, details, { suggestion });
  return undefined;
}

/** Names to roles, in order, each once; unknown ones are said and left out. */
export function rolesOf(program: Program, names: readonly QName[], scope: ModuleScope = program.entry): RoleSymbol[] {
  const roles: RoleSymbol[] = [];
  for (const name of names) {
    const role = scope.find("role", name.text);
    if (role === undefined) {
      if (scope.isExcused(name.text)) continue;
      const all = [...scope.visible("role").keys()];
      program.report.add(
        "E104",
        scope.module.file,
        name.at,
        { name: name.text, list: all },
        { suggestion: suggest(name.text, all) },
      );
      continue;
    }
    role.used = true;
    if (!roles.includes(role)) roles.push(role);
  }
  return roles;
}

/** A whole number within bounds, or undefined with the reason said. */
export function wholeNumber(
  program: Program,
  scope: ModuleScope,
  ident: Ident,
  what: string,
  low: number,
  high: number,
): number | undefined {
  const value = Number(ident.text);
  if (Number.isSafeInteger(value) && value >= low && value <= high && !ident.text.includes(".")) return value;
  program.report.add("E127", scope.module.file, ident.at, {
    what,
    reason: "out of range",
    expected: `it is a whole number from ${low} to ${high}`,
  });
  return undefined;
}
