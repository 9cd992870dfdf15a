// Writes the published JSON Schemas (schemas/*.json) and the copies that the decoder carries
// (src/generated/*.ts) from the zod schemas. With --check it writes nothing and fails where a file is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import * as schemas from "../dist/schema/index.js";

const named = {
  Expression: "ExpressionSchema",
  Type: "TypeSchema",
  Field: "FieldSchema",
  Span: "SpanSchema",
  Json: "JsonSchema",
};
for (const [id, name] of Object.entries(named)) z.globalRegistry.add(schemas[name], { id });

const documents = {
  bundle: schemas.BundleSchema,
  request: schemas.RequestSchema,
  decision: schemas.DecisionSchema,
  trace: schemas.TraceSchema,
};
const check = process.argv.includes("--check");
let stale = 0;

function put(path, content) {
  const file = new URL(`../${path}`, import.meta.url);
  let before;
  try {
    before = readFileSync(file, "utf8");
  } catch {
    before = undefined; // not there yet
  }
  if (before === content) return;
  stale += 1;
  if (check) console.error(`${path} is stale: run \`npm run generate\``);
  else writeFileSync(file, content);
}

/**
 * A text as a literal of the language.
 * @param {string} text
 */
const literal = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

for (const [name, schema] of Object.entries(documents)) {
  const document = { ...z.toJSONSchema(schema, { target: "draft-2020-12" }), title: `writ.${name}/1` };
  const json = JSON.stringify(document, null, 2);
  put(`schemas/${name}.json`, `${json}\n`);
  put(
    `src/generated/${name}.ts`,
    `// Made by scripts/generate.mjs from src/schema; do not edit.\nimport type { JsonSchemaDocument } from "../decode/validator.js";\n\n` +
      // A text, and on one line: an engine reads JSON in a text faster than an object in code, and only once a document
      // is decoded. schemas/ has it readable, and nobody reviews it twice.
      `export const ${name}Schema = (): JsonSchemaDocument => JSON.parse(${literal(JSON.stringify(document))});\n`,
  );
}
if (check && stale > 0) process.exit(1);
