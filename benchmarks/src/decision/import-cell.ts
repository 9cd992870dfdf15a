import type { Imported } from "./imported.js";

/** Imports one library in a process that has imported nothing else of the kind, and writes the milliseconds it took. */
const IMPORTS: Readonly<Record<Imported, () => Promise<unknown>>> = {
  "@writ/runtime": () => import("@writ/runtime"),
  "@writ/runtime/decide": () => import("@writ/runtime/decide"),
  "json-logic-engine": () => import("json-logic-engine"),
  "@casl/ability": () => import("@casl/ability"),
  "@marcbachmann/cel-js": () => import("@marcbachmann/cel-js"),
  "@bufbuild/cel": () => import("@bufbuild/cel"),
  casbin: () => import("casbin"),
  "@cedar-policy/cedar-wasm/nodejs": () => import("@cedar-policy/cedar-wasm/nodejs"),
};

const wanted = Object.entries(IMPORTS).find(([name]) => name === process.argv[2]);
if (wanted === undefined) throw new Error("import-cell.js is started by the suite");
const begun = performance.now();
await wanted[1]();
process.stdout.write(`${performance.now() - begun}\n`);
