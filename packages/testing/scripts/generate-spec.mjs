// Lays out spec/cases from spec/source: input.policy (and the modules beside it), requests.json and decisions.json as
// written there, bundle.json as the compiler makes it. With --check it writes nothing and fails where a file is stale.
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { canonicalize } from "@writ/ir";
import { compile, memoryHost, renderDiagnostics } from "@writ/policy";

const spec = fileURLToPath(new URL("../../../spec/", import.meta.url));
const check = process.argv.includes("--check");
const only = process.argv.slice(2).filter((arg) => !arg.startsWith("-"));
/** @type {Map<string, string>} */
const wanted = new Map();
let failed = 0;

function list(items) {
  return items.length === 0 ? "[]\n" : `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(",\n")}\n]\n`;
}

async function layOut(topic, { name, policy, requests, files }) {
  const folder = `cases/${topic}/${name}`;
  const compiled = await compile("input.policy", memoryHost({ "input.policy": policy, ...files }));
  if (compiled.bundle === undefined) {
    failed += 1;
    console.error(`${folder} does not compile:\n${renderDiagnostics(compiled.diagnostics, compiled.sources)}`);
    return;
  }
  if (wanted.has(`${folder}/input.policy`)) throw new Error(`${folder} is written twice`);
  wanted.set(`${folder}/input.policy`, policy);
  for (const [file, text] of Object.entries(files)) wanted.set(`${folder}/${file}`, text);
  wanted.set(`${folder}/bundle.json`, canonicalize(compiled.bundle));
  wanted.set(
    `${folder}/requests.json`,
    list(
      requests.map(({ tool, args, identity, now, scene }) => ({
        request: { format: "writ.request/1", tool, args, identity, now },
        ...(Object.keys(scene).length === 0 ? {} : { scene }),
      })),
    ),
  );
  wanted.set(`${folder}/decisions.json`, list(requests.map(({ expect }) => expect)));
}

function removeEmpty(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

const counts = [];
for (const file of readdirSync(join(spec, "source")).toSorted()) {
  const topic = file.replace(/\.mjs$/, "");
  if (file === "author.mjs" || (only.length > 0 && !only.includes(topic))) continue;
  const { cases } = await import(pathToFileURL(join(spec, "source", file)).href);
  for (const one of cases) await layOut(topic.replace(/-\d+$/, ""), one);
  counts.push([topic, cases.length, cases.reduce((sum, one) => sum + one.requests.length, 0)]);
}

let stale = 0;
for (const [path, text] of wanted) {
  const file = join(spec, path);
  let before;
  try {
    before = readFileSync(file, "utf8");
  } catch {
    before = undefined; // not there yet
  }
  if (before === text) continue;
  stale += 1;
  if (check) console.error(`spec/${path} is stale: run \`npm run generate\``);
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
if (only.length === 0 && failed === 0) {
  for (const path of readdirSync(join(spec, "cases"), { recursive: true, encoding: "utf8" })) {
    const name = `cases/${path.replaceAll("\\", "/")}`;
    if (!/\.(policy|json)$/.test(name) || wanted.has(name)) continue;
    stale += 1;
    if (check) console.error(`spec/${name} comes from no source`);
    else rmSync(join(spec, name));
  }
  if (!check) removeEmpty(join(spec, "cases"));
}
if (!check)
  for (const [topic, cases, requests] of counts) console.log(`${topic}: ${cases} cases, ${requests} requests`);
if (failed > 0 || (check && stale > 0)) process.exit(1);
