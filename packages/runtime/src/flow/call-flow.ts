import type { Json, Type } from "@writ/ir";
import { isListValue, Opaque, type NamedTypes, type Value } from "@writ/ir/values";
import type { ToolProgram } from "../evaluate/program.js";
import type { Truth } from "../evaluate/kleene.js";
import { atLevel, integrityOf, joinKnown, reaches, withIntegrity, type LabelSet, type Lattice } from "./labels.js";
import type { Moment, SessionMemory } from "./session-memory.js";
import type { Contribution, Source, SourceRef } from "./source.js";
import type { ValueIndex } from "./value-index.js";

/** How the values of a call get their labels. */
export interface FlowRules {
  readonly taint: "context" | "value";
  readonly types: NamedTypes;
}

/**
 * Labels that arguments have wherever they stand: values of handles, and arguments before a transform. `whole`: the
 * argument is nothing else; otherwise a part of it is, and the rest has its own too.
 */
export type Fixed = ReadonlyMap<
  string,
  { readonly labels: LabelSet | undefined; readonly whole: boolean; readonly handle?: SourceRef }
>;

/**
 * Scalars that are looked for in one call. A list of thousands would take long to find, each in all that was read: what
 * is over falls back to the context, which is at least as strict as any place could be.
 */
const MAX_LOOKUPS = 1024;
const NOWHERE: readonly Source[] = [];
const FEW = 8;

/** A text that was looked for as a value of a kind. */
interface Looked {
  readonly value: string;
  readonly kind: string;
  /** Of a reference: to what. */
  readonly of: string;
  readonly found: readonly Source[];
}

/**
 * The labels of one call's arguments at its moment. Everything is undefined where it cannot be known: a session that
 * was begun in another process has read what nobody here knows.
 */
export class CallFlow {
  readonly lattice: Lattice;
  readonly #memory: SessionMemory;
  readonly #moment: Moment;
  readonly #rules: FlowRules;
  readonly #tool: ToolProgram;
  readonly #args: ReadonlyMap<string, Value>;
  readonly #fixed: Fixed;
  /** Made when something is looked for: most calls are asked little. */
  #byParam: Map<string, LabelSet | undefined> | undefined;
  #found: Map<string, readonly Source[]> | undefined;
  readonly #latest: Looked[] = [];
  /** What {@link inputs} gave, once it is asked: the labels of each argument stay what they were. */
  #inputs: { readonly labels: LabelSet | undefined } | undefined;
  #lookups = 0;

  constructor(
    memory: SessionMemory,
    moment: Moment,
    rules: FlowRules,
    tool: ToolProgram,
    args: ReadonlyMap<string, Value>,
    fixed: Fixed,
  ) {
    this.lattice = memory.lattice;
    this.#memory = memory;
    this.#moment = moment;
    this.#rules = rules;
    this.#tool = tool;
    this.#args = args;
    this.#fixed = fixed;
  }

  get context(): LabelSet | undefined {
    return this.#moment.context;
  }

  /** The joined labels of all that the call carries. A call without arguments is itself what the context made of it. */
  carried(): LabelSet | undefined {
    return this.#joined([...this.#args.keys()]);
  }

  /** The joined labels of the arguments that decide what happens. */
  steering(): LabelSet | undefined {
    return this.#joined(this.steers());
  }

  /** What a result takes over from the arguments: labels of all, integrity of those that steer. Without any there is nothing to take. */
  inputs(): LabelSet | undefined {
    this.#inputs ??= { labels: this.#inward() };
    return this.#inputs.labels;
  }

  #inward(): LabelSet | undefined {
    const carried = this.#over(this.#args.keys());
    const { steer } = this.#tool.tool;
    const steering = steer === undefined ? carried : this.#over(steer.filter((name) => this.#args.has(name)));
    return carried === undefined || steering === undefined
      ? undefined
      : atLevel(this.lattice, carried, integrityOf(this.lattice, steering));
  }

  /** Whether labels reach what a flow names: integrity over the steering arguments, everything else over all. */
  reaches(alternatives: readonly (readonly string[])[]): Truth {
    const carried = this.carried();
    const steering = this.steering();
    if (carried === undefined || steering === undefined) return undefined;
    const all = withIntegrity(this.lattice, carried, integrityOf(this.lattice, steering));
    return alternatives.some((names) => names.every((name) => reaches(this.lattice, all, name)));
  }

  /** The labels of one argument, or of a part of one. */
  labelsOf(param: string, value: Value, type: Type | undefined): LabelSet | undefined {
    return this.#fixed.has(param) ? this.ofParam(param) : this.#standing(value, type);
  }

  ofParam(param: string): LabelSet | undefined {
    const before = this.#byParam?.get(param);
    if (before !== undefined || this.#byParam?.has(param) === true) return before;
    const value = this.#args.get(param);
    const fixed = this.#fixed.get(param);
    const own =
      value === undefined || fixed?.whole === true
        ? this.lattice.lowest
        : this.#standing(value, this.#tool.params.get(param)?.type);
    const labels = fixed === undefined ? own : joinKnown(own, fixed.labels);
    this.#byParam ??= new Map<string, LabelSet | undefined>();
    this.#byParam.set(param, labels);
    return labels;
  }

  /** Whether a value stands whole in the user's own words. */
  said(value: Value, type: Type | undefined): Truth {
    const { index, whole } = this.#memory;
    if (index === undefined) return undefined;
    let truth: Truth = true;
    this.#leaves(value, type, (leaf, leafType) => {
      const found = this.#find(leaf, leafType);
      if (found?.some((source) => source.own) === true) return;
      truth = (whole && index.saidWhole && found !== undefined) || truth === false ? false : undefined;
    });
    return truth;
  }

  asked(phrases: readonly string[]): Truth {
    return this.#memory.asked(phrases, this.#moment);
  }

  /** Whether some steering value never stood in a source of the best integrity. */
  firstSeen(): Truth {
    let truth: Truth = false;
    for (const name of this.steers()) {
      const value = this.#args.get(name);
      if (value === undefined) continue;
      this.#leaves(value, this.#tool.params.get(name)?.type, (leaf, type) => {
        const known = this.standsIn(leaf, type).some(({ labels }) => integrityOf(this.lattice, labels) === 0);
        const { whole, index } = this.#memory;
        if (!known && truth !== true) truth = whole && index?.complete !== false ? true : undefined;
      });
    }
    return truth;
  }

  /** Where a scalar stands whole. */
  standsIn(value: Value, type: Type | undefined): readonly Source[] {
    return this.#find(value, type) ?? [];
  }

  /** The same; undefined where it is not looked for any more. */
  #find(value: Value, type: Type | undefined): readonly Source[] | undefined {
    const { index } = this.#memory;
    if (index === undefined) return undefined;
    if (typeof value !== "string") return this.#look(index, value, type);
    const kind = type?.kind ?? "";
    const of = type?.kind === "Ref" ? type.of : "";
    for (const one of this.#latest) if (one.value === value && one.kind === kind && one.of === of) return one.found;
    const key = this.#latest.length < FEW ? "" : `${kind} ${of} ${value}`;
    const known = this.#found?.get(key);
    if (known !== undefined) return known;
    const found = this.#look(index, value, type);
    if (found === undefined) return undefined;
    // Most calls have few values: a list of them takes less than a name for each.
    if (this.#latest.length < FEW) this.#latest.push({ value, kind, of, found });
    else (this.#found ??= new Map<string, readonly Source[]>()).set(key, found);
    return found;
  }

  #look(index: ValueIndex, value: Value, type: Type | undefined): readonly Source[] | undefined {
    this.#lookups += 1;
    return this.#lookups > MAX_LOOKUPS ? undefined : index.find(value, type, this.#moment.sources);
  }

  /** Names of the arguments that were given. */
  given(): readonly string[] {
    return [...this.#args.keys()];
  }

  /** The scalars of an argument, with their types. */
  leavesOf(name: string, visit: (value: Value, type: Type | undefined) => void): void {
    const value = this.#args.get(name);
    if (value !== undefined) this.#leaves(value, this.#tool.params.get(name)?.type, visit);
  }

  /** The result that a handle in an argument named, if it is known. */
  handleOf(name: string): Contribution | undefined {
    const fixed = this.#fixed.get(name);
    return fixed?.handle === undefined || fixed.labels === undefined
      ? undefined
      : { ...fixed.handle, labels: fixed.labels };
  }

  /** Whether there is more in an argument than the value of a handle. */
  isPartHandle(name: string): boolean {
    return this.#fixed.get(name)?.whole === false;
  }

  /** What raised the labels of the context until this call was first seen. */
  contributions(): readonly Contribution[] {
    return this.#memory.contributions(this.#moment);
  }

  /** Whether every value has the labels of all that was read, wherever it stands. */
  get byContext(): boolean {
    return this.#rules.taint === "context";
  }

  /** Whether all that was read in this session is known. */
  get pastKnown(): boolean {
    return this.#memory.whole;
  }

  /** Where the arguments of an earlier call of this session came from. */
  derivedFrom(call: string): readonly SourceRef[] {
    return this.#memory.derivedFrom(call);
  }

  /** The arguments that decide what happens; all of them where the tool does not say. */
  steers(): readonly string[] {
    return this.#tool.tool.steer ?? [...this.#args.keys()];
  }

  #joined(names: readonly string[]): LabelSet | undefined {
    const given = names.filter((name) => this.#args.has(name));
    if (given.length === 0) return this.#moment.context;
    return this.#over(given);
  }

  #over(given: Iterable<string>): LabelSet | undefined {
    let all: LabelSet | undefined = this.lattice.lowest;
    for (const name of given) all = joinKnown(all, this.ofParam(name));
    return all;
  }

  /** The labels of where a value stands; the context where it stands nowhere or the policy goes by the context. */
  #standing(value: Value, type: Type | undefined): LabelSet | undefined {
    const { context } = this.#moment;
    const { index, whole } = this.#memory;
    if (this.lattice.trivial) return this.lattice.lowest;
    if (this.#rules.taint === "context" || index === undefined || !whole) return context;
    return typeof value === "object"
      ? this.#standingIn(index, value, type)
      : joinKnown(this.lattice.lowest, this.#standingOf(index, value, this.#actual(type)));
  }

  #standingIn(index: ValueIndex, value: Value, type: Type | undefined): LabelSet | undefined {
    let all: LabelSet | undefined = this.lattice.lowest;
    this.#leaves(value, type, (leaf, leafType) => {
      all = joinKnown(all, this.#standingOf(index, leaf, leafType));
    });
    return all;
  }

  #standingOf(index: ValueIndex, leaf: Value, type: Type | undefined): LabelSet | undefined {
    return index.labelsOf(this.#find(leaf, type) ?? NOWHERE) ?? this.#moment.context;
  }

  #actual(type: Type | undefined): Type | undefined {
    return type?.kind === "Named" ? this.#actual(this.#rules.types.get(type.name)) : type;
  }

  #leaves(value: Value, type: Type | undefined, visit: (value: Value, type: Type | undefined) => void): void {
    leavesOf(value, type, this.#rules.types, visit);
  }
}

/** Visits the scalars of a value with their types. What no type describes is visited whole. */
export function leavesOf(
  value: Value,
  type: Type | undefined,
  types: NamedTypes,
  visit: (value: Value, type: Type | undefined) => void,
): void {
  if (type?.kind === "Named") return leavesOf(value, types.get(type.name), types, visit);
  if (isListValue(value)) {
    for (const item of value) leavesOf(item, type?.kind === "List" ? type.of : undefined, types, visit);
  } else if (value instanceof Map) {
    const fields: ReadonlyMap<string, Value> = value;
    for (const [name, inner] of fields)
      leavesOf(
        inner,
        type?.kind === "Record" ? type.fields.find((field) => field.name === name)?.type : undefined,
        types,
        visit,
      );
  } else if (value instanceof Opaque) {
    for (const leaf of jsonLeaves(value)) visit(leaf, undefined);
  } else visit(value, type);
}

function jsonLeaves({ json }: Opaque): readonly Value[] {
  if (json === null) return [];
  if (typeof json !== "object") return [json];
  const parts: readonly Json[] = isList(json) ? json : Object.entries(json).flat();
  return parts.flatMap((part) => jsonLeaves(new Opaque(part)));
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
