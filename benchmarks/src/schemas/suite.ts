import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printType, type Bundle } from "@writ/ir";
import { loadEngines, readFields, type NamedTypes } from "@writ/ir/values";
import { readJsonLines } from "../json-lines.js";
import { countCell, shareCell } from "../results/share-cell.js";
import type { Found, Row } from "../results/suite-result.js";
import { importTools } from "./imported.js";
import { readRow, type CorrectCall, type SchemaRow } from "./rows.js";

const FILE = "bfcl_dev.jsonl.gz";
/** `writ import` takes at most 2,000 tools at once. */
const AT_ONCE = 1000;
const METHOD: readonly string[] = [
  "Functions with correct calls (Berkeley Function Calling Leaderboard): `writ import` makes declarations of their JSON Schemas, after Python's words for types (dict, float, tuple, any) are put into those of JSON Schema; each correct call is read by the declaration of its tool. A call is accepted where every argument parses. Of values that will do the first is taken.",
  "What is refused is counted by fault and type: the schema said less than the values mean (a name was taken for a Path or a Url), or the value does not fit the schema that came with it. The data are other people's and no part of this repository.",
];

type Tool = Bundle["tools"][number];

/** Why correct calls were refused, alike ones together, with one of them. */
interface Refused {
  readonly why: string;
  count: number;
  readonly example: string;
}

/** `npm run bench -- schemas --data DIR`: are correct calls accepted by declarations that `writ import` made? */
export async function schemasSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { data: { type: "string" } } });
  const folder = values.data ?? process.env["WRIT_SCHEMAS_DATA"];
  const file = folder === undefined ? undefined : folder.endsWith(".gz") ? folder : join(folder, FILE);
  if (file === undefined || !existsSync(file)) {
    const remedy = `--data DIR, which holds ${FILE}`;
    return { method: METHOD, gaps: [{ what: "functions with correct calls", why: "SKIPPED, there are none", remedy }] };
  }
  const { objects } = await readJsonLines(file);
  return schemasFound(objects.map(readRow));
}

/** Imports the functions of rows and reads their correct calls. */
export async function schemasFound(rows: readonly SchemaRow[]): Promise<Found> {
  await loadEngines({ patterns: true, domains: true, commands: true, sql: true });
  const tools = rows.flatMap((row) => row.tools);
  const refused = new Map<string, Refused>();
  const wrong = new Map(Object.keys(WRONG).map((what) => [what, { of: 0, refused: 0 }]));
  let [calls, accepted, typed, params] = [0, 0, 0, 0];
  for (let from = 0; from < tools.length; from += AT_ONCE) {
    const part = tools.slice(from, from + AT_ONCE);
    const bundle = await importTools(part);
    const types: NamedTypes = new Map(bundle.types.map(({ name, type }) => [name, type]));
    const declared = new Map(bundle.tools.map((tool) => [tool.as ?? tool.name, tool]));
    for (const tool of declared.values()) {
      params += tool.params.length;
      typed += tool.params.filter(({ type }) => type.kind !== "Json").length;
    }
    for (const call of rows.flatMap((row) => row.calls)) {
      const tool = declared.get(call.tool);
      if (tool === undefined) continue;
      calls += 1;
      const why = refusal(tool, call, types);
      if (why === undefined) accepted += 1;
      else note(refused, why, call);
      for (const [what, change] of Object.entries(WRONG)) {
        const args = why === undefined ? change(tool, call) : undefined;
        const counts = wrong.get(what);
        if (args === undefined || counts === undefined) continue;
        counts.of += 1;
        counts.refused += refusal(tool, { ...call, args }, types) === undefined ? 0 : 1;
      }
    }
  }
  const all = [...refused.values()].toSorted((a, b) => b.count - a.count);
  for (const { why, count, example } of all)
    process.stdout.write(`  ${String(count).padStart(5)}  ${why}\n${" ".repeat(9)}${example}\n`);
  const share = (name: string, hits: number, of: number): Row => ({ name, kind: "ours", cells: [shareCell(hits, of)] });
  return {
    method: METHOD,
    inputs: { functions: tools.length, calls },
    tables: [
      {
        id: "calls",
        title: "Correct calls, read by imported declarations",
        words: "",
        columns: [{ name: "share", unit: "share", better: "higher" }],
        rows: [
          share("correct calls accepted", accepted, calls),
          share("arguments with a type of their own (not Json)", typed, params),
        ],
      },
      {
        id: "wrong",
        title: "Accepted calls, made wrong on purpose",
        words: "",
        columns: [{ name: "refused", unit: "share", better: "higher" }],
        rows: [...wrong].map(([what, counts]) => share(what, counts.refused, counts.of)),
      },
      {
        id: "refused",
        title: "Why the others were refused",
        words: "",
        columns: [{ name: "calls", unit: "count" }],
        rows: all.map(({ why, count }): Row => ({ name: why, kind: "ours", cells: [countCell(count)] })),
      },
    ],
  };
}

type Args = CorrectCall["args"];

/** Ways to make a call wrong; undefined where this one cannot be. */
const WRONG: Readonly<Record<string, (tool: Tool, call: CorrectCall) => Args | undefined>> = {
  "an argument that is not declared": (_, { args }) => ({ ...args, not_declared: 1 }),
  "a required argument left out": ({ params }, { args }) => {
    const first = params.find(({ optional }) => optional !== true)?.name;
    return first === undefined
      ? undefined
      : Object.fromEntries(Object.entries(args).filter(([name]) => name !== first));
  },
  "a record in the place of an argument of another type": ({ params }, { args }) => {
    const first = params.find(({ name, type }) => Object.hasOwn(args, name) && !OPEN.has(type.kind));
    return first === undefined ? undefined : { ...args, [first.name]: { not_declared: 1 } };
  },
};
/** Types that take a record, or might. */
const OPEN: ReadonlySet<string> = new Set(["Json", "Record", "Named"]);

/** Why a call does not parse: the fault, and the type of the argument. */
function refusal(tool: Tool, { args }: CorrectCall, types: NamedTypes): string | undefined {
  const read = readFields(tool.params, args, types, "");
  if (read.ok) return undefined;
  const [top = ""] = read.fault.path.split(/[.[]/);
  const param = tool.params.find(({ name }) => name === top);
  const type = param === undefined ? "no argument" : printType(param.type);
  const given = /^missing$|^unknown_field$/.test(read.fault.code) ? "" : `, given ${kindOf(args[top])}`;
  return `${read.fault.code}: ${type.length > 60 ? `${type.slice(0, 60)}…` : type}${given}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length === 0 ? "nothing" : kindOf(value[0])}`;
  return value === null ? "null" : typeof value;
}

function note(refused: Map<string, Refused>, why: string, { tool, args }: CorrectCall): void {
  const found = refused.get(why);
  if (found !== undefined) found.count += 1;
  else refused.set(why, { why, count: 1, example: `${tool} ${JSON.stringify(args)}`.slice(0, 160) });
}
