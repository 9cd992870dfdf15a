import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;

type Manifest = { name: string; exports?: Record<string, string | { default: string }> };

/**
 * Tests run on sources, so that none needs a build first: every entry a package exports from
 * `dist/x.js` is read from `src/x.ts` instead.
 */
function sourceAliases(): { find: RegExp; replacement: string }[] {
  return readdirSync(join(root, "packages")).flatMap((folder) => {
    const manifestFile = join(root, "packages", folder, "package.json");
    if (!existsSync(manifestFile)) return [];
    const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as Manifest;
    return Object.entries(manifest.exports ?? {}).flatMap(([entry, target]) => {
      if (typeof target === "string") return [];
      const source = target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts");
      const specifier = `${manifest.name}${entry.slice(1)}`;
      return [{ find: new RegExp(`^${specifier}$`), replacement: join(root, "packages", folder, source) }];
    });
  });
}

export default defineConfig({
  resolve: { alias: sourceAliases() },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "benchmarks/test/**/*.test.ts",
      "scripts/test/**/*.test.ts",
      // Minutes long: `npm run escape`.
      ...(process.env["WRIT_ESCAPE"] === "engines" ? ["packages/sandbox/test/escape.engines.ts"] : []),
    ],
    testTimeout: 60_000,
    // Vitest would leave one core to itself: on two, that is half of them.
    maxWorkers: "100%",
    // Many tests start programs from sources: each would read and compile the same hundreds of files anew.
    env: { NODE_COMPILE_CACHE: join(root, ".workshop", "compile-cache") },
  },
});
