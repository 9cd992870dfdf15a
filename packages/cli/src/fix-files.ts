import { readFile, realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, sep } from "node:path";
import type { Code, Diagnostic, SourceFile } from "@writ/policy";
import { compileInput, type Compiled } from "./compile-input.js";
import { Fault } from "./fault.js";
import { writeWhole } from "./write-whole.js";

/** An edit that was made. */
export interface Fixed {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: Code;
  readonly from: string;
  readonly to: string;
}

/** One fix can make way for another; it ends all the same. */
const MAX_ROUNDS = 8;

/**
 * Applies what can be fixed without a thought in a policy and in the files it uses, as long as they lie in the
 * policy's folder, and compiles it again until nothing is left to fix. Of fixes that touch the same text none is
 * applied. Throws a {@link Fault} where a file cannot be read or written.
 */
export async function fixFiles(
  file: string,
): Promise<{ readonly compiled: Compiled; readonly fixed: readonly Fixed[] }> {
  if (file === "-") throw new Fault("--fix needs a file to write to", "standard input has none");
  const fixed: Fixed[] = [];
  let compiled = await compileInput(file);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const made: Fixed[] = [];
    for (const source of compiled.compilation.sources) made.push(...(await fixOne(source, compiled)));
    if (made.length === 0) break;
    fixed.push(...made);
    compiled = await compileInput(file);
  }
  return { compiled, fixed };
}

async function fixOne(source: SourceFile, { compilation, file, path }: Compiled): Promise<Fixed[]> {
  const wanted = compilation.diagnostics.filter(({ span, fix }) => span.file === source.name && fix !== undefined);
  const target = path(source.name);
  if (wanted.length === 0 || source.name.startsWith("std.") || !(await isBeside(target, file))) return [];
  const apart = wanted.filter((one) => wanted.every((other) => other === one || !touch(one, other)));
  const edits = apart.flatMap(({ fix }) => fix?.edits ?? []).toSorted((a, b) => b.start - a.start);
  const content = await readFile(target, "utf8");
  const mark = content.startsWith("\uFEFF") ? "\uFEFF" : "";
  // Places are those of the text that was compiled; in any other they mean something else.
  if (edits.length === 0 || content.slice(mark.length) !== source.text) return [];
  let text = source.text;
  for (const edit of edits) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  await writeWhole(target, mark + text);
  return apart.flatMap(({ code, fix }) =>
    (fix?.edits ?? []).map(({ start, end, text: to }) => {
      const { line, column } = source.position(start);
      return { file: target, line, column, code, from: source.text.slice(start, end), to };
    }),
  );
}

function touch(a: Diagnostic, b: Diagnostic): boolean {
  return (a.fix?.edits ?? []).some((one) =>
    (b.fix?.edits ?? []).some((other) => one.start <= other.end && other.start <= one.end),
  );
}

/** Whether a file really lies in the folder of the entry, and in no package installed there. */
async function isBeside(target: string, entry: string): Promise<boolean> {
  try {
    const from = relative(await realpath(dirname(entry)), await realpath(target));
    return !isAbsolute(from) && !from.split(sep).some((part) => part === ".." || part === "node_modules");
  } catch {
    return false;
  }
}
