import { Decimal, Money, type Value } from "@writ/ir/values";
import type { ToolProgram } from "../evaluate/program.js";
import type { CallFlow } from "./call-flow.js";
import type { LabelSet } from "./labels.js";
import type { Leaf, ReadResult } from "./result-labels.js";
import type { SessionMemory } from "./session-memory.js";
import type { Source } from "./source.js";
import { moneyKey, typedKey } from "./tokens.js";

/**
 * Takes a result into the session's memory, before the host gets it: its labels into the context, its values into the
 * index, and where what the call was given came from.
 */
export function keepResult(
  memory: SessionMemory,
  tool: ToolProgram,
  read: ReadResult,
  made: { readonly call: string; readonly flow: CallFlow | undefined },
): void {
  const { name } = tool.tool;
  memory.joins(read.labels, { from: name, call: made.call });
  memory.derives(made.call, made.flow);
  for (const leaf of read.leaves) {
    if (stoodBefore(memory, leaf, name)) continue;
    const { path, labels } = leaf;
    const stands = stand(memory, leaf, { from: name, call: made.call, path: dotted(path), labels, own: false });
    if (stands) noteStood(memory, leaf, name);
  }
}

/** Whether this stood at its path before, and nothing was forgotten since: a status and an address are the same in result after result. */
function stoodBefore(memory: SessionMemory, { path, value, type, labels }: Leaf, from: string): boolean {
  const last = memory.stood.get(path);
  return (
    last !== undefined &&
    last.value === value &&
    last.type === type &&
    last.labels === labels &&
    last.from === from &&
    last.forgettings === memory.index?.forgettings
  );
}

function noteStood(memory: SessionMemory, { path, value, type, labels }: Leaf, from: string): void {
  const forgettings = memory.index?.forgettings;
  if (forgettings === undefined || typeof value !== "string" || value.length > MAX_NOTED) return;
  const last = memory.stood.get(path);
  if (last === undefined) memory.stood.set(path, { from, value, type, labels, forgettings });
  else {
    last.from = from;
    last.value = value;
    last.type = type;
    last.labels = labels;
    last.forgettings = forgettings;
  }
}

/** Longer texts are seldom the same. */
const MAX_NOTED = 128;

/** A path as it is written, once for each list that says it. */
function dotted(path: readonly string[]): string | undefined {
  if (path.length === 0) return undefined;
  let written = dottedBefore.get(path);
  if (written === undefined) dottedBefore.set(path, (written = path.join(".")));
  return written;
}

const dottedBefore = new WeakMap<readonly string[], string>();

/** Labels of what a call wrote, under the paths it wrote to: later reads of them carry these. */
export function keepWritten(
  memory: SessionMemory,
  tool: ToolProgram,
  args: ReadonlyMap<string, Value>,
  carried: LabelSet | undefined,
): void {
  if (!tool.tool.effects.includes("write")) return;
  for (const [name, param] of tool.params) {
    const path = args.get(name);
    if (param.type.kind === "Path" && typeof path === "string") memory.wrote(path, carried);
  }
}

/** False where it is not looked for as it stands. */
function stand(memory: SessionMemory, { value, type }: Leaf, source: Source): boolean {
  if (value instanceof Money) return memory.stands(source, { key: moneyKey(value) });
  if (typeof value === "number" || value instanceof Decimal) {
    const kind = type?.kind === "Time" ? "Time" : "Number";
    return type?.kind !== "Duration" && memory.stands(source, { key: typedKey(kind, String(value)) });
  }
  if (typeof value !== "string") return false;
  switch (type?.kind) {
    case "Bool":
    case "Enum":
      return false;
    case "Ref":
      return memory.stands(source, { key: typedKey(`Ref ${type.of}`, value) });
    case "Email":
    case "Url":
    case "Path":
    case "Host":
    case "Ip":
      return memory.stands(source, { key: typedKey(type.kind, value), text: value });
    default:
      return memory.stands(source, { text: value });
  }
}
