import type { Clause } from "../syntax/ast.js";

/** In which order the formatter prints clauses; in `output` rules that is the order they act in, too. */
const ORDER: Readonly<Record<Clause["kind"], number>> = {
  for: 0,
  when: 1,
  unless: 2,
  after: 3,
  from: 4,
  quorum: 5,
  show: 6,
  expires: 7,
  remember: 8,
  limit: 9,
  "forbid when": 10,
  scan: 11,
  redact: 12,
  truncate: 13,
  label: 14,
  clamp: 15,
  set: 16,
  drop: 17,
  isolate: 18,
  because: 19,
  tell: 20,
};

/** Clauses in the order they are printed in; those of one kind stay as they are. */
export function inOrder<C extends Pick<Clause, "kind">>(clauses: readonly C[]): readonly C[] {
  return clauses.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]);
}
