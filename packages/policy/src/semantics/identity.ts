import type { Module } from "../source/load.js";
import type { Program } from "./resolve.js";
import type { Claim, ModuleScope } from "./symbols.js";
import { resolveField, UNRESOLVED } from "./types.js";
import { suggest } from "../diagnostics/suggest.js";
import { sameType } from "./type-relations.js";
import { IDENTITIES, isOneOf } from "./vocabulary.js";

/**
 * A module sees the claims of its own `identity` blocks and of those of every module it reaches; a second block
 * adds claims. One claim has one type.
 */
export function declareIdentities(program: Program): void {
  const declared = new Map<Module, { readonly kind: "user" | "agent" | "session"; readonly claim: Claim }[]>();
  for (const scope of program.scopes.values()) declared.set(scope.module, claimsOf(scope, program));
  for (const scope of program.scopes.values()) {
    // What is used comes first, so that a clash is said where it was added.
    for (const module of [...reach(scope.module)].toReversed()) {
      for (const { kind, claim } of declared.get(module) ?? []) {
        const claims = scope.identity[kind];
        const existing = claims.get(claim.field.name);
        if (existing === undefined) claims.set(claim.field.name, claim);
        else if (
          existing.at !== claim.at &&
          (existing.module === claim.module || !sameType(existing.field.type, claim.field.type))
        ) {
          program.report.add(
            "E120",
            claim.module.file,
            claim.at,
            { what: "claim", name: `${kind}.${claim.field.name}` },
            {
              related: [{ file: existing.module.file, at: existing.at, message: "declared first here" }],
            },
          );
        }
      }
    }
  }
}

function claimsOf(scope: ModuleScope, program: Program): { kind: "user" | "agent" | "session"; claim: Claim }[] {
  const found: { kind: "user" | "agent" | "session"; claim: Claim }[] = [];
  const { module } = scope;
  for (const node of module.syntax.declarations) {
    if (node.kind !== "identity" || node.record.kind !== "record") continue;
    const kind = node.name.text;
    if (!isOneOf(IDENTITIES, kind)) {
      program.report.add(
        "E108",
        module.file,
        node.name.at,
        { name: kind, what: "identity", list: IDENTITIES },
        { suggestion: suggest(kind, IDENTITIES) },
      );
      continue;
    }
    for (const fieldNode of node.record.fields) {
      const said = fieldNode.labels[0] ?? fieldNode.by ?? fieldNode.shape;
      if (said !== undefined) {
        program.report.add("E110", module.file, said.at, {
          reason: "a claim has no labels and no shape of its own",
          expected: "the host proves it; labels stand on the fields of results",
        });
      }
      const field = resolveField({ ...fieldNode, labels: [], by: undefined, shape: undefined }, scope, program);
      const known = field ?? { name: fieldNode.name.text, type: UNRESOLVED };
      found.push({ kind, claim: { field: known, module, at: fieldNode.name.at } });
    }
  }
  return found;
}

/** A module and all it uses, itself first. */
function reach(module: Module, seen: Set<Module> = new Set()): Set<Module> {
  if (!seen.has(module)) {
    seen.add(module);
    for (const use of module.uses) reach(use.module, seen);
  }
  return seen;
}
