import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root, workspaceFolders } from "../workshop/places.mjs";

/** One finding of the linter: where, which rule, and the message. */
export type Finding = { file: string; code: string; message: string };

type OxlintReport = { diagnostics: { filename: string; code: string; message: string }[] };

/**
 * A copy of this repository without its sources: manifests, lint configuration and rules. Files are
 * planted in it and linted as the real ones are.
 */
export class MiniRepository {
  readonly path = mkdtempSync(join(tmpdir(), "writ-arrows-"));

  constructor() {
    const manifests = workspaceFolders().flatMap((folder) => [`${folder}/package.json`, `${folder}/LICENSE`]);
    for (const path of [".oxlintrc.json", "pnpm-workspace.yaml", "scripts/lint", "scripts/workshop", ...manifests]) {
      if (existsSync(join(root, path))) cpSync(join(root, path), join(this.path, path), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.path, "node_modules"), "dir");
  }

  plant(file: string, content: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), content);
  }

  /** What the repository's own lint configuration finds in the planted files. */
  lint(): Finding[] {
    const oxlint = join(root, "node_modules", ".bin", "oxlint");
    const { stdout, stderr } = spawnSync(oxlint, ["--format=json", "packages", "examples"], {
      cwd: this.path,
      encoding: "utf8",
    });
    try {
      const report = JSON.parse(stdout) as OxlintReport;
      return report.diagnostics.map(({ filename, code, message }) => ({ file: filename, code, message }));
    } catch {
      throw new Error(`oxlint gave no report: ${stdout}${stderr}`);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
