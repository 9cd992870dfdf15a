import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * Joins the compiled files of one package into few, in `dist/packed`: a module costs a process that starts more than
 * its text does. Runs before a package is packed (`prepack`), in the package's folder, on what tsc made; tests and
 * the workspace use the files one by one. See docs/decisions/0010-packed-in-few-files.md.
 */
const folder = process.cwd();
/** @type {{ exports: Record<string, string | { default: string }>, bin?: Record<string, string> }} */
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const entries = Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry.default]));
const commands = Object.values(manifest.bin ?? {});
const outdir = join(folder, "dist", "packed");

rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: [...entries, ...commands],
  // A package that has commands has no code to import.
  outbase: commands.length === 0 ? "dist" : ".",
  outdir,
  bundle: true,
  // What two entries share is one file that both import, so that a class has one identity whichever brought it.
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "es2024",
  // Every dependency stays what the installer gives, the packages of Writ too: they share classes (Money, Decimal).
  packages: "external",
  // A command imports what it runs for its effect alone, which "sideEffects": false says that it has not.
  ignoreAnnotations: commands.length > 0,
  // Not minified: who trusts this code can read it where it is installed.
  sourcemap: "linked",
  logLevel: "warning",
});
