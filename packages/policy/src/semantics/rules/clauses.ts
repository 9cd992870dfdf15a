import type { RuleNode } from "../../syntax/ast.js";
import type { Program } from "../resolve.js";
import { CLAUSES, LATER_CLAUSES, REPEATABLE, type EnforcedRule } from "../vocabulary.js";

/** E123 and E124: each kind of rule has its clauses, most of them once. False where one does not fit. */
export function checkClauses(kind: EnforcedRule, node: RuleNode, program: Program): boolean {
  const { report } = program;
  const { file } = program.entry.module;
  const seen = new Set<string>();
  let fits = true;
  for (const clause of node.clauses) {
    const word = { start: clause.at.start, end: clause.at.start + clause.kind.length };
    if (LATER_CLAUSES[kind].has(clause.kind)) {
      report.add("E099", file, word, { what: `the clause \`${clause.kind}\`` });
      fits = false;
    } else if (!CLAUSES[kind].has(clause.kind)) {
      report.add("E123", file, word, {
        name: clause.kind,
        what: `an \`${kind}\``.replace("an `forbid`", "a `forbid`"),
        reason: `it takes ${[...CLAUSES[kind]].join(", ")}`,
      });
      fits = false;
    } else if (seen.has(clause.kind) && !REPEATABLE.has(clause.kind)) {
      report.add("E124", file, word, { name: clause.kind });
      fits = false;
    }
    seen.add(clause.kind);
  }
  return fits;
}
