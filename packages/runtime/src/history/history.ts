import { bundleExpressions, walk, type Bundle, type Expression } from "@writ/ir";
import type { Value } from "@writ/ir/values";

/** How a call came out, as `did` asks for it. `paused`: the tool stopped by itself and will be called again. */
export type EventOutcome = "ok" | "failed" | "denied" | "paused" | "unknown";

/** A call of this session. Steps count what happened, in order; times are milliseconds since 1970. */
export interface PastCall {
  readonly id: string;
  readonly tool: string;
  readonly args: ReadonlyMap<string, Value>;
  readonly begun: number;
  /** Undefined while it is in flight. */
  ended?: {
    readonly step: number;
    readonly at: number;
    readonly outcome: EventOutcome;
    readonly result: Value | undefined;
  };
}

/** What the conditions of a policy ask of the history; nothing else is kept. */
export interface Watched {
  /** Tools that a `did` or an `unbroken by` names. */
  readonly tools: ReadonlySet<string>;
  /** Of those, the ones whose arguments a condition looks at, and whose results. */
  readonly args: ReadonlySet<string>;
  readonly results: ReadonlySet<string>;
}

/** What of a session's calls a policy needs to remember. */
export function watchedBy(bundle: Bundle): Watched {
  const tools = new Set<string>();
  const args = new Set<string>();
  const results = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.op !== "did") return;
    for (const name of [node.event.tool, ...node.event.unbroken]) tools.add(name);
    if (node.event.when === undefined) return;
    args.add(node.event.tool);
    walk(node.event.when, (inner) => {
      if (inner.op === "result") results.add(node.event.tool);
    });
  };
  for (const { node } of bundleExpressions(bundle)) walk(node, visit);
  return { tools, args, results };
}

const MAX_CALLS = 2048;
/** Results may be large: of older calls they are unknown. */
const MAX_RESULTS = 128;
const NONE: ReadonlyMap<string, Value> = new Map();

/** The calls of one session that a policy asks about, newest last, bounded for each tool. */
export class History {
  readonly #watched: Watched;
  readonly #calls = new Map<string, PastCall[]>();
  readonly #open = new Map<string, PastCall>();
  /** Tools of which older calls were forgotten. */
  readonly #forgotten = new Set<string>();
  #step = 0;
  /** False for a session that was begun elsewhere: what is not found is not known to be absent. */
  readonly whole: boolean;

  constructor(watched: Watched, whole: boolean) {
    this.#watched = watched;
    this.whole = whole;
  }

  /** A call starts. */
  begin(id: string, tool: string, args: ReadonlyMap<string, Value>): void {
    if (!this.#watched.tools.has(tool)) return;
    this.#step += 1;
    const call: PastCall = { id, tool, args: this.#watched.args.has(tool) ? args : NONE, begun: this.#step };
    this.#open.set(id, call);
    this.#add(call);
  }

  /** A call that was begun ended. */
  end(id: string, outcome: EventOutcome, at: number, result: Value | undefined): void {
    const call = this.#open.get(id);
    if (call === undefined) return;
    this.#open.delete(id);
    this.#step += 1;
    call.ended = { step: this.#step, at, outcome, result: this.#watched.results.has(call.tool) ? result : undefined };
  }

  /** A call was refused; it never began. */
  denied(id: string, tool: string, args: ReadonlyMap<string, Value>, at: number): void {
    if (!this.#watched.tools.has(tool)) return;
    this.#step += 1;
    const step = this.#step;
    this.#add({
      id,
      tool,
      args: this.#watched.args.has(tool) ? args : NONE,
      begun: step,
      ended: { step, at, outcome: "denied", result: undefined },
    });
  }

  /** The calls of a tool, newest first; `complete` is false where older ones, or another process's, are not kept. */
  of(tool: string): { readonly calls: readonly PastCall[]; readonly complete: boolean } {
    return {
      calls: (this.#calls.get(tool) ?? []).toReversed(),
      complete: this.whole && !this.#forgotten.has(tool) && this.#watched.tools.has(tool),
    };
  }

  #add(call: PastCall): void {
    const calls = this.#calls.get(call.tool);
    if (calls === undefined) {
      this.#calls.set(call.tool, [call]);
      return;
    }
    calls.push(call);
    const old = calls[calls.length - 1 - MAX_RESULTS];
    if (old?.ended !== undefined) old.ended = { ...old.ended, result: undefined };
    if (calls.length <= MAX_CALLS) return;
    calls.splice(0, calls.length - MAX_CALLS);
    this.#forgotten.add(call.tool);
  }
}
