import { readLimits } from "../machine-limits.js";
import { TARGETS, type TargetId } from "../targets/target-list.js";
import { BadResult, listOf, numberAt, objectAt, optional, pairs, recordOf, textAt, type Reader } from "./json-shape.js";
import { RESULT_FORMAT, type Cell, type Plot, type Row, type SuiteResult, type Table } from "./suite-result.js";
import { UNITS, type Unit } from "./unit.js";

/** Reads a suite's result strictly. Throws a {@link BadResult} that says where it is not as it should be. */
export function readSuite(json: unknown, at = "$"): SuiteResult {
  const from = objectAt(json, at);
  const format = textAt(from["format"], `${at}.format`);
  if (format !== RESULT_FORMAT) throw new BadResult(`${at}.format`, `${RESULT_FORMAT}, and no ${format}`);
  return {
    format: RESULT_FORMAT,
    suite: textAt(from["suite"], `${at}.suite`),
    mode: oneOf(["full", "quick"] as const)(from["mode"], `${at}.mode`),
    machine: readMachine(from["machine"], `${at}.machine`),
    began: textAt(from["began"], `${at}.began`),
    seconds: numberAt(from["seconds"], `${at}.seconds`),
    method: listOf(textAt)(from["method"], `${at}.method`),
    versions: recordOf(textAt)(from["versions"], `${at}.versions`),
    inputs: recordOf(textOrNumber)(from["inputs"], `${at}.inputs`),
    tables: listOf(readTable)(from["tables"], `${at}.tables`),
    series: listOf(readSeries)(from["series"], `${at}.series`),
    measured: listOf(readMeasured)(from["measured"], `${at}.measured`),
    gaps: listOf(readGap)(from["gaps"], `${at}.gaps`),
    notes: listOf(textAt)(from["notes"], `${at}.notes`),
  };
}

function readMachine(json: unknown, at: string): SuiteResult["machine"] {
  const from = objectAt(json, at);
  return {
    cpu: textAt(from["cpu"], `${at}.cpu`),
    cores: numberAt(from["cores"], `${at}.cores`),
    memoryGb: numberAt(from["memoryGb"], `${at}.memoryGb`),
    system: textAt(from["system"], `${at}.system`),
    node: textAt(from["node"], `${at}.node`),
    load: numberAt(from["load"], `${at}.load`),
    ...optional("limits", from["limits"], `${at}.limits`, readLimits),
  };
}

function readTable(json: unknown, at: string): Table {
  const from = objectAt(json, at);
  return {
    id: textAt(from["id"], `${at}.id`),
    title: textAt(from["title"], `${at}.title`),
    words: textAt(from["words"], `${at}.words`),
    columns: listOf(readColumn)(from["columns"], `${at}.columns`),
    rows: listOf(readRow)(from["rows"], `${at}.rows`),
    ...optional("plot", from["plot"], `${at}.plot`, readPlot),
  };
}

const readColumn: Reader<Table["columns"][number]> = (json, at) => {
  const from = objectAt(json, at);
  return {
    name: textAt(from["name"], `${at}.name`),
    unit: readUnit(from["unit"], `${at}.unit`),
    ...optional("better", from["better"], `${at}.better`, oneOf(["lower", "higher"] as const)),
  };
};

const readRow: Reader<Row> = (json, at) => {
  const from = objectAt(json, at);
  return {
    name: textAt(from["name"], `${at}.name`),
    kind: oneOf(["ours", "peer", "limit"] as const)(from["kind"], `${at}.kind`),
    ...optional("group", from["group"], `${at}.group`, textAt),
    cells: listOf(readCell)(from["cells"], `${at}.cells`),
  };
};

const readCell: Reader<Cell> = (json, at) => {
  const from = objectAt(json, at);
  return {
    ...optional("value", from["value"], `${at}.value`, numberAt),
    ...optional("low", from["low"], `${at}.low`, numberAt),
    ...optional("high", from["high"], `${at}.high`, numberAt),
    ...optional("note", from["note"], `${at}.note`, textAt),
  };
};

const readPlot: Reader<Plot> = (json, at) => {
  const from = objectAt(json, at);
  if (from["kind"] === "bars") return { kind: "bars", column: numberAt(from["column"], `${at}.column`) };
  return {
    kind: oneOf(["lines"] as const)(from["kind"], `${at}.kind`),
    x: textAt(from["x"], `${at}.x`),
    xs: listOf(numberAt)(from["xs"], `${at}.xs`),
  };
};

const readSeries: Reader<SuiteResult["series"][number]> = (json, at) => {
  const from = objectAt(json, at);
  return {
    id: textAt(from["id"], `${at}.id`),
    title: textAt(from["title"], `${at}.title`),
    x: textAt(from["x"], `${at}.x`),
    unit: readUnit(from["unit"], `${at}.unit`),
    points: pairs(from["points"], `${at}.points`),
  };
};

const readMeasured: Reader<SuiteResult["measured"][number]> = (json, at) => {
  const from = objectAt(json, at);
  return {
    id: readTargetId(from["id"], `${at}.id`),
    ...optional("value", from["value"], `${at}.value`, numberAt),
    ...optional("note", from["note"], `${at}.note`, textAt),
  };
};

const readGap: Reader<SuiteResult["gaps"][number]> = (json, at) => {
  const from = objectAt(json, at);
  return {
    what: textAt(from["what"], `${at}.what`),
    why: textAt(from["why"], `${at}.why`),
    ...optional("remedy", from["remedy"], `${at}.remedy`, textAt),
  };
};

const readUnit: Reader<Unit> = oneOf(UNITS);

const readTargetId: Reader<TargetId> = oneOf(TARGETS.map(({ id }) => id));

const textOrNumber: Reader<string | number> = (json, at) => (typeof json === "number" ? json : textAt(json, at));

function oneOf<const Text extends string>(all: readonly Text[]): Reader<Text> {
  return (json, at) => {
    const found = all.find((text) => text === json);
    if (found === undefined) throw new BadResult(at, `one of ${all.join(", ")}`);
    return found;
  };
}
