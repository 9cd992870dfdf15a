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
  for (const leaf of read.leaves)
    stand(memory, leaf, { from: name, call: made.call, path: dotted(leaf.path), labels: leaf.labels, own: false });
}

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

function stand(memory: SessionMemory, { value, type }: Leaf, source: Source): void {
  if (value instanceof Money) return memory.stands(source, { key: moneyKey(value) });
  if (typeof value === "number" || value instanceof Decimal) {
    const kind = type?.kind === "Time" ? "Time" : "Number";
    return type?.kind === "Duration" ? undefined : memory.stands(source, { key: typedKey(kind, String(value)) });
  }
  if (typeof value !== "string") return undefined;
  switch (type?.kind) {
    case "Bool":
    case "Enum":
      return undefined;
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
