import type { ToolProgram } from "../evaluate/program.js";
import {
  asksForCare,
  integrityOf,
  join,
  withIntegrity,
  withReaders,
  worstIntegrity,
  type LabelSet,
  type Lattice,
} from "./labels.js";

/** The tool whose result it is. */
interface For {
  readonly lattice: Lattice;
  readonly tool: ToolProgram;
}

/** What the labels of the parts of one result are finished with: its tool, its readers, and what came in with the call. */
export interface Finishing extends For {
  readonly named: number | undefined;
  readonly readers: LabelSet["readers"];
  readonly inputs: LabelSet | undefined;
}

/** What came of it the last time: call after call reads parts with the same labels under the same inputs. */
interface Finished extends Omit<Finishing, "lattice"> {
  readonly echoed: number | undefined;
  readonly result: LabelSet | undefined;
}

const finishedLast = new WeakMap<LabelSet, Finished>();

/**
 * The labels of a part of a result, with its readers and all that came in; `echoed` is the worst integrity of an argument that
 * comes back in this very value. Undefined where those of the call are unknown.
 */
export function finished(given: Finishing, labels: LabelSet, echoed: number | undefined): LabelSet | undefined {
  const { lattice, tool, named, readers, inputs } = given;
  const last = finishedLast.get(labels);
  if (
    last !== undefined &&
    last.tool === tool &&
    last.named === named &&
    last.readers === readers &&
    last.inputs === inputs &&
    last.echoed === echoed
  )
    return last.result;
  const own = withReaders(lift(lattice, labels, named), readers);
  const result = withInputs(given, inputs, own, echoed);
  finishedLast.set(labels, { tool, named, readers, inputs, echoed, result });
  return result;
}

/**
 * Joins the labels of the inputs and of what was written where this is read: of all arguments, but integrity only of those that steer and of those that come back
 * in this very value, since a value that a tool echoes keeps what it came with. Then takes away what the tool lowers.
 */
function withInputs(
  { lattice, tool }: For,
  inputs: LabelSet | undefined,
  own: LabelSet,
  echoed: number | undefined,
): LabelSet | undefined {
  if (inputs === undefined || echoed === undefined) return undefined;
  return lower(
    lattice,
    join(own, withIntegrity(lattice, inputs, Math.max(integrityOf(lattice, inputs), echoed))),
    own,
    tool,
  );
}

function lift(lattice: Lattice, labels: LabelSet, named: number | undefined): LabelSet {
  return named !== undefined && integrityOf(lattice, labels) === worstIntegrity(lattice)
    ? withIntegrity(lattice, labels, named)
    : labels;
}

/** Only a tool that says `lowers` may: a category goes, a level falls to the next that is not named, never below the tool's own. */
function lower(lattice: Lattice, labels: LabelSet, own: LabelSet, { tool }: ToolProgram): LabelSet {
  const names = tool.lowers ?? [];
  if (names.length === 0) return labels;
  let { categories } = labels;
  const levels = [...labels.levels];
  const named = new Set<string>();
  for (const name of names) {
    const place = lattice.places.get(name);
    if (place?.kind === "category") categories &= ~place.bit | own.categories;
    else if (place !== undefined) named.add(`${place.scale} ${place.level}`);
  }
  for (const [scale, floor] of own.levels.entries()) {
    let level = levels[scale] ?? 0;
    while (level > floor && named.has(`${scale} ${level}`)) level -= 1;
    levels[scale] = level;
  }
  const lowered = { levels, categories, readers: labels.readers };
  return asksForCare(lattice, lowered) ? lowered : withReaders(lowered, own.readers);
}
