import type { Identity } from "@writ/ir";
import { Unprepared } from "./call-context.js";
import type { Detectors } from "./detect/detectors.js";
import { Running } from "./duties/isolate.js";
import { Decided } from "./evaluate/decided.js";
import { Finding } from "./evaluate/finding.js";
import type { Program } from "./evaluate/program.js";
import { Flight } from "./gate/flights.js";
import { Inquiry, type FactFunction } from "./inquiry.js";

/**
 * One of each thing that a call is made of, for a session to hold. Between calls there would be none, and the engine, when
 * it collects garbage then, forgets what they look like, and with it all compiled code that knew: calls after a pause would
 * take twice as long. Nothing of it takes part in a call.
 */
export function shapesOf(
  program: Program,
  identity: Identity,
  facts: ReadonlyMap<string, FactFunction>,
  detectors: Detectors,
): readonly object[] {
  const flight = new Flight([], []);
  const unprepared = new Unprepared({ tool: "", args: null }, flight, new Inquiry(program, facts, detectors));
  const finding = new Finding(program, program.reply, [], { effect: "forbid", by: "default" });
  const canonical = { wire: {}, values: new Map() };
  const verdict = new Decided(program, program.reply, finding, canonical, { identity, now: 0 }, undefined);
  const run = Running.example();
  return [flight, unprepared, verdict, run, run.signal];
}
