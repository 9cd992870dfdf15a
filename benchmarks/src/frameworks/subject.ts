import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryAudit, memoryStore, type Guard } from "@writ/runtime";

/** Runs an agent once, from a person's word to the model's last: `turns` turns of `calls` calls each. */
export type RunAgent = () => Promise<void>;

/** One framework: the same agent as it is, and with the adapter in it. */
export interface FrameworkSubject {
  readonly name: string;
  readonly plain: (work: Work) => RunAgent;
  readonly guarded: (work: Work, guard: Guard) => RunAgent;
  /** The agent with the framework's hooks that the adapter uses, which do nothing: what the framework takes for being asked. */
  readonly hooked?: (work: Work) => RunAgent;
}

export interface Work {
  readonly turns: number;
  /** Calls of one turn. */
  readonly calls: number;
  /** Whether some rule looks at labels: then what stands before the model is read, and kept with the session. */
  readonly labels?: boolean;
}

export const TOOL = "note_add";
export const SCHEMA = { type: "object", properties: { x: { type: "string" } }, required: ["x"] } as const;
export const identity = () => ({ user: { id: "ann" }, agent: { id: "desk" } });

const POLICY = `policy bench.frameworks @ 1
use std.identity
use std.tiers
tool ${TOOL} (x: Text) -> Text { effect write  risk low }
allow notes on ${TOOL} { when x != "forbidden" }
`;

const LABELS = `use std.labels
flow secret -> write forbid
`;

/** A guard over memory, so that what is measured is the adapter and the guard and no disk. */
export async function benchGuard(labels = false): Promise<Guard> {
  const policy = labels ? POLICY.replace("tool ", `${LABELS}tool `) : POLICY;
  const { bundle, diagnostics } = await compile("bench.policy", memoryHost({ "bench.policy": policy }));
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return createGuard({ policy: bundle, audit: memoryAudit(), state: memoryStore() });
}

let turns = 0;

/** What the model says in a turn: its calls, with ids of their own; nothing after the last turn. */
export function callsOf(turn: number, { turns: last, calls }: Work): { readonly id: string; readonly x: string }[] {
  turns += 1;
  return turn >= last ? [] : Array.from({ length: calls }, (_, i) => ({ id: `c${turn}-${i}`, x: `${turns} ${i}` }));
}
