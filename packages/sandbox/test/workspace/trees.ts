import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { removeTree } from "../../src/workspace/remove-tree.js";

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "writ-workspace-")));
  onTestFinished(() => removeTree(folder));
  return folder;
}

/** A workspace with files, and a folder for state beside it. */
export function workspace(files: Readonly<Record<string, string>> = {}): { root: string; state: string } {
  const folder = temporaryFolder();
  const root = join(folder, "work");
  mkdirSync(root);
  put(root, files);
  return { root, state: join(folder, "state") };
}

export function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** All that a tree is: one line a path, sorted. */
export function treeOf(root: string, path = ""): string[] {
  const lines: string[] = [];
  for (const name of readdirSync(join(root, path)).toSorted()) {
    const inner = path === "" ? name : `${path}/${name}`;
    const stat = lstatSync(join(root, inner));
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isDirectory()) lines.push(`${inner}/ ${mode}`, ...treeOf(root, inner));
    else if (stat.isSymbolicLink()) lines.push(`${inner} -> ${readlinkSync(join(root, inner))}`);
    else if (stat.isFile()) lines.push(`${inner} ${mode} ${readFileSync(join(root, inner)).toString("latin1")}`);
    else lines.push(`${inner} special`);
  }
  return lines;
}
