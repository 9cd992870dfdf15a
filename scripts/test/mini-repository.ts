import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = dirname(dirname(import.meta.dirname));

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
    const copied = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
    })
      .split("\n")
      .filter((file) =>
        /^(\.oxlintrc\.json|pnpm-workspace\.yaml|scripts\/.*\.mjs|(packages|examples)\/[^/]+\/(package\.json|LICENSE))$/.test(
          file,
        ),
      );
    for (const file of copied) cpSync(join(root, file), join(this.path, file));
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
