// What is made from the compiler: the list of diagnostics, and the grammar of the specification. With --check nothing is
// written, and it fails where a file is stale.
await import("./generate-grammar.mjs");
await import("./generate.mjs");
