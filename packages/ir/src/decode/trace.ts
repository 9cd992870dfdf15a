import { traceSchema } from "../generated/trace.js";
import type { Bounds } from "../json.js";
import type { Trace } from "../schema/trace.js";
import { decoder, type Decoded } from "./decoder.js";
import type { DecodeFault } from "./validator.js";

const BOUNDS: Bounds = { depth: 128, nodes: 4_000_000, bytes: 64 * 1024 * 1024 };

/** Decodes a recorded run (`writ.trace/1`), as strictly as a bundle: what a label says of calls must name calls that are there. */
export const decodeTrace: (input: unknown) => Decoded<Trace> = /* @__PURE__ */ decoder<Trace>(
  "writ.trace/1",
  traceSchema,
  BOUNDS,
  contradiction,
);

/** What no schema says. */
function contradiction({ calls, user, task, attack }: Trace): DecodeFault | undefined {
  const fault = (path: string, message: string): DecodeFault => ({ code: "invalid", path, message });
  const both = calls.findIndex(({ result, error }) => result !== undefined && error !== undefined);
  if (both >= 0) return fault(`calls[${both}].error`, "a call has a result or an error, not both");
  if (user !== undefined && (typeof user["id"] !== "string" || user["id"] === ""))
    return fault("user.id", "the user's id is a text: who calls has to be known");
  const sets = [
    { path: "task.needs", calls: task?.needs ?? [] },
    ...(attack?.stops ?? []).map((set, i) => ({ path: `attack.stops[${i}]`, calls: set })),
  ];
  for (const { path, calls: places } of sets)
    for (const [i, place] of places.entries())
      if (place >= calls.length)
        return fault(`${path}[${i}]`, `there is no call ${place}: the run has ${calls.length}, counted from 0`);
  if (attack?.succeeded === true && (attack.stops ?? []).length === 0)
    return fault("attack.stops", "an attack that reached its goal says which calls would have to be stopped");
  const empty = (attack?.stops ?? []).findIndex((set) => set.length === 0);
  return empty < 0 ? undefined : fault(`attack.stops[${empty}]`, "a set of no calls would be stopped by nothing");
}
