import { structuredPatch } from "diff";
import type { FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import { holdFolder, openFile } from "../broker/files/held-folder.js";
import { readThere, type Current, type Difference } from "./compare.js";
import type { Original } from "./snapshot.js";
import { visible } from "./visible.js";

/** What a person is shown of changes. */
export interface Shown {
  readonly text: string;
  /** Whether anything of the contents is not in the text; then it says where and how much. */
  readonly whole: boolean;
}

/** Characters of a diff at most, and of one file of it that is compared line by line. */
const MAX_TEXT = 256 * 1024;
const MAX_FILE = 256 * 1024;
/** Lines that may differ before a file is told by its size alone, and milliseconds that comparing one may take. */
const MAX_EDITS = 2000;
const MAX_TIME = 250;

/**
 * The differences as a unified diff, as git writes one, and what cannot be shown as lines by its size and SHA-256.
 * Everything in it is visible: control characters and what reorders text are written out.
 */
export async function unifiedDiff(root: string, view: string, differences: readonly Difference[]): Promise<Shown> {
  let text = "";
  let whole = true;
  for (const [at, difference] of differences.entries()) {
    if (text.length > MAX_TEXT) {
      const left = differences.slice(at);
      const names = left.slice(0, 100).map(({ path }) => visible(path));
      const more = left.length > names.length ? `\n... and ${left.length - names.length} more` : "";
      return { text: `${text}Not shown, ${left.length} more:\n${names.join("\n")}${more}\n`, whole: false };
    }
    const shown = await showOne(root, view, difference);
    text += shown.text;
    whole = whole && shown.whole;
  }
  return { text, whole };
}

async function showOne(root: string, view: string, { path, before, after }: Difference): Promise<Shown> {
  const name = visible(path);
  const lines = [`diff --git a/${name} b/${name}`];
  if (before === undefined) lines.push(`new ${kindOf(after)}`);
  else if (after === undefined) lines.push(`deleted ${kindOf(before)}`);
  else if (kindOf(before) !== kindOf(after)) lines.push(`old ${kindOf(before)}`, `new ${kindOf(after)}`);
  if (before?.kind === "link") lines.push(`--> ${visible(before.target)}`);
  if (after?.kind === "link") lines.push(`+-> ${visible(after.target)}`);
  const old = before?.kind === "file" ? await readThere(root, path, textOf) : "";
  const now = after?.kind === "file" ? await readHere(view, path) : "";
  if (before?.kind !== "file" && after?.kind !== "file") return { text: `${lines.join("\n")}\n`, whole: true };
  const hunks = old === undefined || now === undefined ? undefined : hunksOf(old, now);
  if (hunks === undefined) {
    lines.push(`contents not shown: ${sizeOf(before)} before, ${sizeOf(after)} now`);
    return { text: `${lines.join("\n")}\n`, whole: false };
  }
  if (hunks !== "")
    lines.push(
      before === undefined ? "--- /dev/null" : `--- a/${name}`,
      after === undefined ? "+++ /dev/null" : `+++ b/${name}`,
      hunks,
    );
  return { text: `${lines.join("\n")}\n`, whole: true };
}

function kindOf(one: Original | Current | undefined): string {
  if (one === undefined) return "nothing";
  if (one.kind === "link") return "link";
  return `${one.kind} mode ${one.mode.toString(8).padStart(3, "0")}`;
}

function sizeOf(one: Original | Current | undefined): string {
  if (one?.kind !== "file") return "nothing";
  return "digest" in one ? `${one.size} bytes, sha256 ${one.digest}` : `${one.size} bytes`;
}

function hunksOf(old: string, now: string): string | undefined {
  const patch = structuredPatch("", "", old, now, "", "", { context: 3, maxEditLength: MAX_EDITS, timeout: MAX_TIME });
  if (patch === undefined) return undefined;
  const text: string[] = [];
  for (const { oldStart, oldLines, newStart, newLines, lines } of patch.hunks) {
    text.push(`@@ -${rangeOf(oldStart, oldLines)} +${rangeOf(newStart, newLines)} @@`);
    for (const line of lines) text.push(visible(line));
  }
  return text.join("\n");
}

/** No lines stand after the line before them. */
function rangeOf(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a file; undefined where it is none, or too long to be compared. */
async function textOf(file: FileHandle): Promise<string | undefined> {
  const buffer = Buffer.alloc(MAX_FILE + 1);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const bytes = buffer.subarray(0, bytesRead);
  if (bytesRead > MAX_FILE || bytes.includes(0)) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

async function readHere(view: string, path: string): Promise<string | undefined> {
  const folder = await holdFolder(posix.dirname(`${view}/${path}`));
  try {
    const { file } = await openFile(folder, posix.basename(path));
    try {
      return await textOf(file);
    } finally {
      await file.close();
    }
  } finally {
    await folder.close();
  }
}
