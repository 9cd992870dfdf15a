/** What is imported to see what it costs. */
export const IMPORTED = [
  "@writ/runtime",
  "@writ/runtime/decide",
  "json-logic-engine",
  "@casl/ability",
  "@marcbachmann/cel-js",
  "@bufbuild/cel",
  "casbin",
  "@cedar-policy/cedar-wasm/nodejs",
] as const;

export type Imported = (typeof IMPORTED)[number];
