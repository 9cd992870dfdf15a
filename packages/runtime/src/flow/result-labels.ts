import type { Expression, Field, Json, OutputStep, Type } from "@writ/ir";
import { equalValues, globMatches, isListValue, Opaque, readValue, type Value } from "@writ/ir/values";
import { outputsOf } from "../duties/output.js";
import { bind, listOf, truthOf, valueOf } from "../evaluate/evaluate.js";
import type { Program, ToolProgram } from "../evaluate/program.js";
import { scopeOfResult, type Scope } from "../evaluate/scope.js";
import type { CallFlow } from "./call-flow.js";
import { leavesOf } from "./call-flow.js";
import { finished, type Finishing } from "./finish-labels.js";
import {
  asksForCare,
  atLevel,
  commonReaders,
  integrityIn,
  integrityOf,
  join,
  joinKnown,
  raise,
  withIntegrity,
  withReaders,
  worstIntegrity,
  type LabelSet,
} from "./labels.js";
import type { SessionMemory } from "./session-memory.js";
import { mayHold, type TextReader } from "./text-reader.js";

/** A scalar of a result with its labels. */
export interface Leaf {
  readonly value: Value;
  readonly type: Type | undefined;
  readonly labels: LabelSet;
  /** The fields that lead to it. */
  readonly path: readonly string[];
}

/** What a result turned out to be. */
export interface ReadResult {
  /** The joined labels of all of it; undefined where those of the call are unknown. */
  readonly labels: LabelSet | undefined;
  readonly leaves: readonly Leaf[];
  /** The canonical value; undefined where it does not fit its declared type. */
  readonly value: Value | undefined;
}

interface Labelling {
  readonly program: Program;
  readonly tool: ToolProgram;
  /** The scope of the decision: arguments, identity, what was said. */
  readonly scope: Scope;
  readonly memory: SessionMemory;
  /** Reads what a text holds; absent, such a text does not fit its type. */
  readonly reader?: TextReader | undefined;
  /** What a program read on its way to this result. */
  readonly learned?: { readonly labels: LabelSet | undefined } | undefined;
  /** It is the words of an error, which no declaration speaks for. */
  readonly error?: boolean;
}

/** A result that is there and cannot be read as data. */
export const UNREADABLE = Symbol("unreadable");

/** A result of a trial that says nothing of what its tool returns. */
export const UNSAID = Symbol("unsaid");

/**
 * Labels a result (language.md sections 3 and 5.8): the tool's labels and those of its fields, raised by those of the
 * call's inputs; `lowers` may lower. What does not fit its declared type is untrusted whole.
 */
export function labelResult(
  made: Labelling,
  content: Json | undefined | typeof UNREADABLE | typeof UNSAID,
): ReadResult {
  const {
    program: { lattice },
    tool,
  } = made;
  const nothing = made.error !== true && (content === undefined || content === null || content === "");
  if (nothing && tool.tool.result === undefined) return { labels: lattice.lowest, leaves: [], value: undefined };
  const typed =
    content === undefined || content === UNREADABLE || content === UNSAID || made.error === true
      ? undefined
      : readAs(made, content);
  const fits = typed !== undefined || content === UNSAID;
  const base = declared(made);
  const scope = scopeOfResult(made.scope, typed);
  const worst = worstIntegrity(lattice);
  const whole = atLevel(lattice, base, fits ? (integrityIn(lattice, tool.tool.labels) ?? worst) : worst);
  const own = typed === undefined ? undeclared(made, content, whole) : leavesIn(made, tool.tool.result, typed, whole);
  // Of what holds nothing, all that it could have held counts.
  const empty = own.length > 0 ? undefined : fits ? labelsOfType(made.program, tool.tool.result, whole) : whole;
  let everywhere = empty ?? withIntegrity(lattice, base, 0);
  for (const leaf of own) everywhere = join(everywhere, leaf.labels);
  const readers = readersOf(made, scope, everywhere);
  const named = fits ? endorsedLevel(made, scope) : undefined;
  const steps =
    tool.outputs.length === 0
      ? NO_STEPS
      : outputsOf(tool, scope).flatMap((rule) => rule.steps.flatMap((step) => (step.kind === "label" ? [step] : [])));
  const given = joinKnown(scope.flow?.inputs(), written(made));
  const inputs = made.learned === undefined ? given : joinKnown(given, made.learned.labels);
  const how: Finish = { lattice, tool, scope, named, readers, inputs, steps };
  let labels: LabelSet | undefined = empty === undefined ? lattice.lowest : finish(how, empty, undefined, HERE);
  const leaves: Leaf[] = [];
  for (const { value, type, labels: before, path } of own) {
    const itself = finish(how, before, value, path);
    labels = joinKnown(labels, itself);
    if (itself !== undefined) leaves.push({ value, type, labels: itself, path });
  }
  return { labels, leaves, value: typed };
}

/** What the labels of every part of one result are finished with. */
interface Finish extends Finishing {
  readonly scope: Scope;
  readonly steps: readonly LabelStep[];
}

function finish(
  how: Finish,
  labels: LabelSet,
  value: Value | undefined,
  path: readonly string[],
): LabelSet | undefined {
  const { lattice, scope, steps } = how;
  const echoed = scope.flow === undefined ? undefined : worstEcho(scope.flow, scope, value);
  const known = finished(how, labels, echoed);
  // Of what has no fields, or not the declared ones, a label on a field is a label on all.
  if (steps.length === 0 || known === undefined) return known;
  const raised = steps
    .filter((step) => step.path.slice(1).every((name, i) => path[i] === undefined || name === path[i]))
    .flatMap((step) => step.labels);
  return raise(lattice, known, raised);
}

type LabelStep = Extract<OutputStep, { readonly kind: "label" }>;

const NO_STEPS: readonly LabelStep[] = [];
const HERE: readonly string[] = [];

/** The result as its declared type, also where a text holds it. */
function readAs({ program, tool, reader }: Labelling, content: Json): Value | undefined {
  const type = tool.tool.result;
  if (type === undefined) return undefined;
  const read = readValue(type, content, program.types, "result");
  if (read.ok) return read.value;
  return mayHold(content, type, program.types) ? reader?.(content, type, program.types) : undefined;
}

/** The tool's own labels but integrity, and those that `labels by` adds for this path. */
function declared({ program: { lattice }, tool, scope }: Labelling): LabelSet {
  let labels = declaredBy.get(tool);
  if (labels === undefined) {
    labels = withReaders(withIntegrity(lattice, raise(lattice, lattice.lowest, tool.tool.labels), 0), undefined);
    declaredBy.set(tool, labels);
  }
  const by = tool.tool.labelsBy;
  if (by !== undefined) {
    const path = scope.args.get(by.arg);
    // A path that was not given may be any.
    for (const { glob, label } of tool.labelGlobs)
      if (typeof path !== "string" || globMatches(glob, path)) labels = raise(lattice, labels, [label]);
  }
  return labels;
}

/** What a tool declares is the same at every call, and so are the sets that come of it. */
const declaredBy = new WeakMap<ToolProgram, LabelSet>();

/** Labels of what was written before at the paths that are read. */
function written({ program: { lattice }, tool, scope, memory }: Labelling): LabelSet | undefined {
  let labels: LabelSet | undefined = lattice.lowest;
  if (!tool.tool.effects.includes("read")) return labels;
  for (const [name, param] of tool.params) {
    const path = scope.args.get(name);
    if (param.type.kind === "Path" && typeof path === "string") labels = joinKnown(labels, memory.readOf(path));
  }
  return labels;
}

/** A result that fits no declared type: every text in it, all with the labels of the whole. */
function undeclared({ program }: Labelling, content: Json | undefined | symbol, whole: LabelSet): readonly Leaf[] {
  const leaves: Leaf[] = [];
  if (content === undefined || content === null || typeof content === "symbol") return leaves;
  leavesOf(
    new Opaque(content),
    undefined,
    program.types,
    (value, type) => void leaves.push({ value, type, labels: whole, path: HERE }),
  );
  return leaves;
}

function leavesIn({ program }: Labelling, type: Type | undefined, value: Value, labels: LabelSet): readonly Leaf[] {
  const { lattice, shapes, types } = program;
  const leaves: Leaf[] = [];
  const visit = (declaredType: Type | undefined, inner: Value, from: LabelSet, path: readonly string[]): void => {
    const actual = declaredType?.kind === "Named" ? types.get(declaredType.name) : declaredType;
    if (isListValue(inner)) {
      for (const item of inner) visit(actual?.kind === "List" ? actual.of : undefined, item, from, path);
    } else if (inner instanceof Map) {
      const record: ReadonlyMap<string, Value> = inner;
      const fields = actual?.kind === "Record" ? actual.fields : [];
      for (const [name, part] of record) {
        const field = fields.find((one) => one.name === name);
        if (field === undefined) visit(undefined, part, from, [...path, name]);
        else visit(field.type, part, labelsOfField(field, fields, record, from), pathOf(field, path));
      }
    } else if (inner instanceof Opaque)
      leavesOf(
        inner,
        undefined,
        types,
        (leaf, leafType) => void leaves.push({ value: leaf, type: leafType, labels: from, path }),
      );
    else leaves.push({ value: inner, type: actual, labels: from, path });
  };
  const labelsOfField = (
    field: Field,
    fields: readonly Field[],
    record: ReadonlyMap<string, Value>,
    from: LabelSet,
    depth = 0,
  ): LabelSet => {
    const names = field.labels ?? [];
    const part = record.get(field.name);
    const integrity = names.length === 0 ? undefined : integrityIn(lattice, names);
    let level = integrity ?? integrityOf(lattice, from);
    if (field.by !== undefined) {
      const known = fields.find((one) => one.name === field.by);
      const given = known !== undefined && record.has(known.name) && depth < fields.length;
      const by = given
        ? integrityOf(lattice, labelsOfField(known, fields, record, from, depth + 1))
        : worstIntegrity(lattice);
      level = integrity === undefined ? by : Math.max(integrity, by);
    }
    const shape = shapes.get(field);
    // A trusted text must have its shape; in a list, each element.
    const fits =
      shape === undefined ||
      part === undefined ||
      (typeof part === "string" ? shape(part) : texts(part).every((text) => shape(text)));
    if (!fits) level = worstIntegrity(lattice);
    const last = fieldLast.get(field);
    if (last?.from === from && last.level === level) return last.labels;
    const raised = withIntegrity(lattice, raise(lattice, withIntegrity(lattice, from, 0), names), level);
    fieldLast.set(field, { from, level, labels: raised });
    return raised;
  };
  visit(type, value, labels, HERE);
  return leaves;
}

/** The path of a field below another: the same list each time where the field stands at one place, as nearly every one does. */
function pathOf(field: Field, below: readonly string[]): readonly string[] {
  const last = pathLast.get(field);
  if (last?.below === below) return last.path;
  const path = [...below, field.name];
  pathLast.set(field, { below, path });
  return path;
}

const pathLast = new WeakMap<Field, { readonly below: readonly string[]; readonly path: readonly string[] }>();

/** What the labels of a field were the last time: they differ by its integrity alone where the whole has the same. */
const fieldLast = new WeakMap<Field, { readonly from: LabelSet; readonly level: number; readonly labels: LabelSet }>();

/** The join of what a type declares for all its fields. */
function labelsOfType({ lattice, types }: Program, type: Type | undefined, from: LabelSet): LabelSet {
  const visit = (inner: Type | undefined, labels: LabelSet): LabelSet => {
    if (inner?.kind === "Named") return visit(types.get(inner.name), labels);
    if (inner?.kind === "List") return visit(inner.of, labels);
    if (inner?.kind !== "Record" || inner.fields.length === 0) return labels;
    return inner.fields
      .map((field) => {
        const names = field.labels ?? [];
        const level = integrityIn(lattice, names) ?? (field.by === undefined ? integrityOf(lattice, labels) : 0);
        return visit(
          field.type,
          withIntegrity(lattice, raise(lattice, withIntegrity(lattice, labels, 0), names), level),
        );
      })
      .reduce(join);
  };
  return visit(type, from);
}

function texts(value: Value): readonly string[] {
  if (typeof value === "string") return [value];
  return isListValue(value) ? value.flatMap(texts) : [];
}

/** Who may read it: what `readers` gives, nobody where that is unknown; unsaid, nobody where the labels ask for care. */
function readersOf({ program: { lattice }, tool }: Labelling, scope: Scope, labels: LabelSet): LabelSet["readers"] {
  const { readers } = tool.tool;
  if (readers === undefined) return asksForCare(lattice, labels) ? NOBODY : undefined;
  return safely(() => readersIn(readers, scope)) ?? NOBODY;
}

/**
 * Who may read all of it. What is said of each element of a list (`result.sender` of several mails) holds for that element
 * alone, and a result goes as a whole: so those who may read every element may read it. Of no element nobody is named, and nobody may.
 */
function readersIn(readers: Expression, scope: Scope): LabelSet["readers"] {
  if (readers.op === "map") {
    const list = listOf(readers.list, scope);
    if (list === undefined || list.length === 0) return NOBODY;
    return list.reduce<LabelSet["readers"]>(
      (all, item) =>
        commonReaders(
          all,
          bind(scope, readers, item, () => readersIn(readers.body, scope)),
        ),
      undefined,
    );
  }
  const value = valueOf(readers, scope);
  const named = value === undefined ? NO_TEXTS : texts(value);
  const [first] = named;
  return first === undefined ? NOBODY : named.length === 1 ? only(first) : new Set(named);
}

/** One set for each, so that what was made of it is known again. */
const NOBODY: ReadonlySet<string> = new Set();
const NO_TEXTS: readonly string[] = [];

/** Few people read very much: one set for each. */
const MAX_ONLY = 1024;
const onlyOnes = new Map<string, ReadonlySet<string>>();

function only(reader: string): ReadonlySet<string> {
  const known = onlyOnes.get(reader);
  if (known !== undefined) return known;
  if (onlyOnes.size >= MAX_ONLY) onlyOnes.clear();
  const made: ReadonlySet<string> = new Set([reader]);
  onlyOnes.set(reader, made);
  return made;
}

function endorsedLevel({ program: { lattice }, tool }: Labelling, scope: Scope): number | undefined {
  const place = lattice.places.get("named");
  if (place?.kind !== "level" || place.scale !== lattice.integrity) return undefined;
  return tool.endorsements.length > 0 &&
    tool.endorsements.some(({ when }) => safely(() => truthOf(when, scope)) === true)
    ? place.level
    : undefined;
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function worstEcho(flow: CallFlow, scope: Scope, value: Value | undefined): number | undefined {
  if (value === undefined) return 0;
  let worst: number | undefined = 0;
  for (const name of scope.args.keys()) {
    const arg = scope.args.get(name);
    if (arg === undefined || (typeof arg === "string" && !echoes(value, arg))) continue;
    const echoed = worstEchoOf(flow, scope, value, name, arg);
    if (echoed === undefined) return undefined;
    worst = Math.max(worst, echoed);
  }
  return worst;
}

/** The same of one argument. */
function worstEchoOf(flow: CallFlow, scope: Scope, value: Value, name: string, arg: Value): number | undefined {
  let worst: number | undefined = 0;
  leavesOf(arg, scope.tool?.params.get(name)?.type, scope.program.types, (leaf, type) => {
    if (worst === undefined || !echoes(value, leaf)) return;
    const labels = flow.labelsOf(name, leaf, type);
    worst = labels === undefined ? undefined : Math.max(worst, integrityOf(flow.lattice, labels));
  });
  return worst;
}

function echoes(value: Value, leaf: Value): boolean {
  if (typeof leaf === "string") return leaf.length > 1 && typeof value === "string" && value.includes(leaf);
  return typeof leaf !== "boolean" && equalValues(value, leaf) === true;
}
