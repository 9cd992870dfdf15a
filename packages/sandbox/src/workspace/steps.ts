import { posix } from "node:path";
import type { Difference } from "./compare.js";
import type { Step } from "./journal.js";
import type { Original } from "./snapshot.js";

/**
 * The steps that make the differences: closed folders are opened; then goes what goes, deepest first; then comes what
 * comes, folders before what is in them; then folders are closed. Backwards they undo it.
 */
export function stepsOf(differences: readonly Difference[], entries: ReadonlyMap<string, Original>): readonly Step[] {
  const opened = openings(differences, entries);
  const open = new Map(opened.map(({ path, to }) => [path, to]));
  const steps: Step[] = [...opened];
  const goes = differences.filter(({ before, after }) => before !== undefined && before.kind !== after?.kind);
  for (const { path, before } of goes.toReversed())
    steps.push(
      before?.kind === "folder"
        ? { do: "rmdir", path, mode: open.get(path) ?? before.mode }
        : { do: "take", path, n: steps.length },
    );
  const afters = new Map(differences.map((one) => [one.path, one.after]));
  const closed: Step[] = [];
  for (const { path, from, to } of opened)
    if (!afters.has(path)) closed.push({ do: "chmod", path, from: to, to: from });
  for (const { path, before, after } of differences) {
    if (after === undefined) continue;
    if (after.kind !== "folder") {
      const digest = after.kind === "file" ? after.digest : undefined;
      steps.push({ do: "put", path, n: steps.length, replaces: before?.kind === after.kind, digest });
      continue;
    }
    if (before?.kind !== "folder") steps.push({ do: "mkdir", path });
    const from = before?.kind === "folder" ? (open.get(path) ?? before.mode) : 0o700;
    closed.push({ do: "chmod", path, from, to: after.mode });
  }
  return [...steps, ...closed.toSorted((a, b) => (a.path < b.path ? 1 : -1))];
}

/** Folders that are there and take nothing in or give nothing away, in which something is to be changed. */
function openings(
  differences: readonly Difference[],
  entries: ReadonlyMap<string, Original>,
): readonly Extract<Step, { do: "chmod" }>[] {
  const found = new Set(differences.map(({ path }) => posix.dirname(path)));
  return [...found].toSorted().flatMap((path) => {
    const entry = entries.get(path);
    if (entry?.kind !== "folder" || (entry.mode & 0o300) === 0o300) return [];
    return [{ do: "chmod", path, from: entry.mode, to: entry.mode | 0o700 } as const];
  });
}
