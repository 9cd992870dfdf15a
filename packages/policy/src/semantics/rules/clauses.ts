import type { Clause } from "../../syntax/ast.js";
import type { Program } from "../resolve.js";
import { CLAUSES, REPEATABLE, type ClauseTable } from "../vocabulary.js";

const ARTICLES: Readonly<Record<ClauseTable, string>> = {
  allow: "an `allow`",
  ask: "an `ask`",
  forbid: "a `forbid`",
  require: "a `require`",
  quota: "a `quota`",
  output: "an `output`",
  endorse: "an `endorse`",
  "flow forbid": "a `flow` that forbids",
  "flow ask": "a `flow` that asks",
  "flow raise": "a `flow` that raises",
};

/** E123 and E124: each kind of rule has its clauses, most of them once. False where one does not fit. */
export function checkClauses(kind: ClauseTable, clauses: readonly Clause[], program: Program): boolean {
  const { report } = program;
  const { file } = program.entry.module;
  const seen = new Set<string>();
  let fits = true;
  for (const clause of clauses) {
    const word = { start: clause.at.start, end: clause.at.start + clause.kind.length };
    if (!CLAUSES[kind].has(clause.kind)) {
      report.add("E123", file, word, {
        name: clause.kind,
        what: ARTICLES[kind],
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
