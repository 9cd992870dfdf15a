import { readFileSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { rolldown } from "rolldown";

/**
 * Joins the compiled files of one package into few, in `dist/packed`: a module costs a process that starts more than
 * its text does. Runs before a package is packed (`prepack`), in the package's folder, on what tsc made; tests and
 * the workspace use the files one by one. See docs/decisions/0010-packed-in-few-files.md.
 */
const folder = process.cwd();
const compiled = join(folder, "dist") + sep;
/** @type {{ name: string, exports: Record<string, string | { default: string }>, bin?: Record<string, string> }} */
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const entries = Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry.default]));
const commands = Object.values(manifest.bin ?? {});

/**
 * What a process reads together, and so stands in one file: all that these modules import at once, without what an
 * earlier part holds. What only other entries and later imports share is split by who shares it.
 * @type {Record<string, Record<string, readonly string[]>>}
 */
const PARTS = {
  "@writ/ir": { main: ["index.js"], values: ["values/index.js"] },
  "@writ/policy": { main: ["index.js"] },
  "@writ/runtime": { main: ["index.js"], program: ["evaluate/program.js", "decide.js"], guard: ["late.js"] },
};

const parts = Object.entries(PARTS[manifest.name] ?? {});

/** The part that a module stands in, by its path. @type {Map<string, string>} */
const partOf = new Map();

const bundle = await rolldown({
  cwd: folder,
  // `./dist/values/index.js` is published as `dist/packed/values/index.js`, and `bin/writ.js` as `dist/packed/bin/writ.js`.
  input: Object.fromEntries(
    [...entries, ...commands].map((file) => [
      file.replace(/^\.\/dist\//, "").slice(0, -".js".length),
      join(folder, file),
    ]),
  ),
  // Every dependency stays what the installer gives, the packages of Writ too: they share classes (Money, Decimal).
  external: (id) => !id.startsWith(".") && !id.startsWith(folder + sep) && !id.startsWith("\0"),
  // A command imports what it runs for its effect alone, which "sideEffects": false says that it has not.
  ...(commands.length > 0 ? { treeshake: { moduleSideEffects: () => true } } : {}),
  platform: "neutral",
  plugins: [
    {
      name: "parts",
      buildEnd() {
        /** @param {string} id @param {string} part */
        const take = (id, part) => {
          const module = id.startsWith(compiled) && !partOf.has(id) ? this.getModuleInfo(id) : null;
          if (module === null) return;
          partOf.set(id, part);
          for (const imported of module.importedIds) take(imported, part);
        };
        for (const [part, roots] of parts) for (const root of roots) take(join(compiled, root), part);
      },
    },
  ],
});
rmSync(join(compiled, "packed"), { recursive: true, force: true });
await bundle.write({
  dir: join(compiled, "packed"),
  format: "esm",
  // What two entries share is one file that both import, so that a class has one identity whichever brought it.
  codeSplitting: {
    groups: parts.map(([name], i) => ({
      name,
      priority: parts.length - i,
      // What the bundler adds of its own begins with a zero.
      test: (id) => partOf.get(id) === name || (i === 0 && id.startsWith("\0")),
    })),
  },
  // Not minified: who trusts this code can read it where it is installed.
  minify: false,
  sourcemap: true,
});
await bundle.close();
