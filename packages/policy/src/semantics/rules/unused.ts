import type { Program } from "../resolve.js";
import { hasRules } from "./ungranted.js";

/** W202 and W203: roles and lets of the entry that nothing uses. A file without rules is for others to use. */
export function checkUnused(program: Program): void {
  if (!hasRules(program) || program.entry.module.lost.length > 0) return;
  const { entry, report } = program;
  for (const symbol of entry.own) {
    if (symbol.kind === "role" && !symbol.used) report.add("W202", entry.module.file, symbol.at, { name: symbol.name });
    if (symbol.kind === "let" && !symbol.used) report.add("W203", entry.module.file, symbol.at, { name: symbol.name });
  }
}
