import type { Identity } from "@writ/ir";
import { Unprepared } from "./context.js";
import type { Detectors } from "../detect/detectors.js";
import { Running } from "../duties/isolate.js";
import { Decided } from "../evaluate/decided.js";
import { Finding } from "../evaluate/finding.js";
import type { Program } from "../evaluate/program.js";
import { Flight } from "../gate/flights.js";
import { Inquiry, type FactFunction } from "./inquiry.js";

/**
 * One of each thing that a call is made of, for a policy to hold. Between calls there would be none, and the engine, when it
 * collects garbage then, forgets what they look like, and with it all compiled code that knew: calls after a pause would take
 * twice as long. Nothing of it takes part in a call.
 */
export function shapesOf(
  program: Program,
  facts: ReadonlyMap<string, FactFunction>,
  detectors: Detectors,
): readonly object[] {
  const before = known.get(program);
  if (before !== undefined) return before;
  const flight = new Flight([], []);
  const unprepared = new Unprepared({ tool: "", args: null }, flight, new Inquiry(program, facts, detectors));
  const finding = new Finding(program, program.reply, [], { effect: "forbid", by: "default" });
  const canonical = { wire: {}, values: new Map() };
  const asked = { identity: NOBODY, now: 0 };
  const verdict = new Decided(program, program.reply, finding, canonical, asked, undefined);
  const run = Running.example();
  const made = [flight, unprepared, verdict, run, run.signal];
  known.set(program, made);
  return made;
}

const NOBODY: Identity = { user: {}, agent: {}, session: {} };

const known = new WeakMap<Program, readonly object[]>();
