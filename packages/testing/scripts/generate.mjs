// What of spec/ is made from the code: the grammar, and the cases. With --check it fails where a file is stale.
await import("./generate-grammar.mjs");
await import("./generate-spec.mjs");
