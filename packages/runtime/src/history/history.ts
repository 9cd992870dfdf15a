import type { Value } from "@writ/ir/values";
import type { Truth } from "../evaluate/kleene.js";
import type { Watched } from "./watched.js";

/** How a call came out, as `did` asks for it. `paused`: the tool stopped by itself and will be called again. */
export type EventOutcome = "ok" | "failed" | "denied" | "paused" | "unknown";

/** A call of this session. Steps count what happened, in order; times are milliseconds since 1970. */
export interface PastCall {
  readonly id: string;
  readonly tool: string;
  readonly args: ReadonlyMap<string, Value>;
  readonly begun: number;
  /** Undefined while it is in flight. */
  ended?:
    | {
        readonly step: number;
        readonly at: number;
        /** The latest time at which a call of this tool ended until then: a clock may go back. */
        readonly latest: number;
        readonly outcome: EventOutcome;
        readonly result: Value | undefined;
      }
    | undefined;
}

type EndedCall = PastCall & { readonly ended: NonNullable<PastCall["ended"]> };

/** An ended call that a condition's event may be, and whether it surely is. */
export interface Candidate {
  readonly call: EndedCall;
  readonly truth: Truth;
}

const MAX_CALLS = 2048;
/** Results may be large: of older calls they are unknown. */
const MAX_RESULTS = 128;
const NONE: ReadonlyMap<string, Value> = new Map();

/** What is kept of the calls of one tool, so that no question about them takes longer with their number. */
class ToolHistory {
  readonly open = new Map<string, PastCall>();
  /** In the order in which they ended, refused ones too. */
  ended: EndedCall[] = [];
  /** How many ended calls before those were forgotten. */
  forgotten = 0;
  /** The two calls begun last, and the two ended last: whether another call came after one is seen from these. */
  begunLast: readonly PastCall[] = [];
  endedLast: readonly PastCall[] = [];

  begins(call: PastCall): void {
    this.open.set(call.id, call);
    this.begunLast = lastTwo(call, this.begunLast);
  }

  never(id: string): void {
    this.open.delete(id);
    const began = [...this.ended.filter(({ ended }) => ended.outcome !== "denied"), ...this.open.values()];
    this.begunLast = began.toSorted((a, b) => b.begun - a.begun).slice(0, 2);
  }

  ends(call: EndedCall): void {
    this.open.delete(call.id);
    this.ended.push(call);
    if (call.ended.outcome !== "denied") this.endedLast = lastTwo(call, this.endedLast);
    const old = this.ended[this.ended.length - 1 - MAX_RESULTS];
    if (old?.ended.result !== undefined) old.ended = { ...old.ended, result: undefined };
    // In halves, so that forgetting costs a constant a call.
    if (this.ended.length <= 2 * MAX_CALLS) return;
    this.forgotten += this.ended.length - MAX_CALLS;
    this.ended = this.ended.slice(-MAX_CALLS);
  }
}

/** The call itself, with how it ended. */
function endedAs(call: PastCall, ended: EndedCall["ended"]): EndedCall {
  call.ended = ended;
  if (!isEnded(call)) throw new TypeError("a call that was just ended has an end");
  return call;
}

function isEnded(call: PastCall): call is EndedCall {
  return call.ended !== undefined;
}

function lastTwo(call: PastCall, [before]: readonly PastCall[]): readonly PastCall[] {
  return before === undefined ? [call] : [call, before];
}

/** The ended calls that may be one event, found once each. */
interface Found {
  readonly seen: number;
  readonly candidates: Candidate[];
}

/** The calls of one session that a policy asks about, bounded for each tool. */
export class History {
  readonly #watched: Watched;
  readonly #tools = new Map<string, ToolHistory>();
  /** The tool of each call in flight. */
  readonly #open = new Map<string, string>();
  #found = new WeakMap<object, Found>();
  #step = 0;
  #whole: boolean;

  constructor(watched: Watched, whole: boolean) {
    this.#watched = watched;
    this.#whole = whole;
  }

  /** False where calls were made that are not known here: what is not found is not known to be absent. */
  get whole(): boolean {
    return this.#whole;
  }

  /** Calls may have been made that nobody here knows of. */
  lose(): void {
    this.#whole = false;
  }

  /** Whether calls of a tool are kept at all. */
  watches(tool: string): boolean {
    return this.#watched.tools.has(tool);
  }

  /** Whether a call is in flight. */
  isBegun(id: string): boolean {
    return this.#open.has(id);
  }

  /** A call starts. */
  begin(id: string, tool: string, args: ReadonlyMap<string, Value>): void {
    if (!this.#watched.tools.has(tool)) return;
    this.#step += 1;
    this.#open.set(id, tool);
    this.#of(tool).begins({
      id,
      tool,
      args: this.#watched.args.has(tool) ? args : NONE,
      begun: this.#step,
      ended: undefined,
    });
  }

  /** A call that was begun ended. */
  end(id: string, outcome: EventOutcome, at: number, result: Value | undefined): void {
    const tool = this.#open.get(id) ?? "";
    const past = this.#tools.get(tool);
    const call = past?.open.get(id);
    if (past === undefined || call === undefined) return;
    this.#open.delete(id);
    this.#step += 1;
    this.#ends(past, call, { at, outcome, result: this.#watched.results.has(tool) ? result : undefined });
  }

  /** A call that was about to begin did not after all. */
  never(id: string): void {
    const past = this.#tools.get(this.#open.get(id) ?? "");
    this.#open.delete(id);
    past?.never(id);
  }

  /** A call was refused; it never began. */
  denied(id: string, tool: string, args: ReadonlyMap<string, Value>, at: number): void {
    if (!this.#watched.tools.has(tool)) return;
    this.#step += 1;
    const call = { id, tool, args: this.#watched.args.has(tool) ? args : NONE, begun: this.#step, ended: undefined };
    this.#ends(this.#of(tool), call, { at, outcome: "denied", result: undefined });
  }

  /** The calls of a tool that are in flight. */
  open(tool: string): Iterable<PastCall> {
    return this.#tools.get(tool)?.open.values() ?? [];
  }

  /** The ended calls of a tool that are kept, oldest first. */
  ended(tool: string): readonly EndedCall[] {
    return this.#tools.get(tool)?.ended ?? [];
  }

  /** Whether every call of a tool that there was is known. */
  complete(tool: string): boolean {
    return this.#whole && this.#watched.tools.has(tool) && (this.#tools.get(tool)?.forgotten ?? 0) === 0;
  }

  /**
   * The ended calls of a tool that `test` does not rule out, in the order in which they ended. With a `key` each call is
   * tested once in its life: `test` may then look at nothing but the call.
   */
  candidates(tool: string, key: object | undefined, test: (call: EndedCall) => Truth): readonly Candidate[] {
    const past = this.#tools.get(tool);
    if (past === undefined) return [];
    const found = key === undefined ? undefined : this.#found.get(key);
    const fresh: Candidate[] = [];
    for (const call of past.ended.slice(Math.max(0, (found?.seen ?? 0) - past.forgotten))) {
      const truth = test(call);
      if (truth !== false) fresh.push({ call, truth });
    }
    if (key === undefined) return fresh;
    const kept = found?.candidates ?? [];
    kept.push(...fresh);
    if (kept.length > 2 * MAX_CALLS) kept.splice(0, kept.length - MAX_CALLS);
    this.#found.set(key, { candidates: kept, seen: past.forgotten + past.ended.length });
    return kept;
  }

  isOpen(tool: string): boolean {
    return (this.#tools.get(tool)?.open.size ?? 0) > 0;
  }

  /** Whether a call of a tool was started after a call had ended; where the two overlap nobody can say what came first. */
  broke(tool: string, call: PastCall): Truth {
    const past = this.#tools.get(tool);
    const others = (calls: readonly PastCall[] = []): PastCall | undefined => calls.find((other) => other !== call);
    const begun = others(past?.begunLast);
    if (call.ended !== undefined && begun !== undefined && begun.begun > call.ended.step) return true;
    if (past !== undefined && past.open.size > (past.open.get(call.id) === call ? 1 : 0)) return undefined;
    const ended = others(past?.endedLast)?.ended;
    if (ended !== undefined && ended.step > call.begun) return undefined;
    return this.#whole && this.#watched.tools.has(tool) ? false : undefined;
  }

  #of(tool: string): ToolHistory {
    const known = this.#tools.get(tool) ?? new ToolHistory();
    this.#tools.set(tool, known);
    return known;
  }

  #ends(past: ToolHistory, call: PastCall, how: Omit<EndedCall["ended"], "step" | "latest">): void {
    const latest = Math.max(how.at, past.ended.at(-1)?.ended.latest ?? how.at);
    const { at, outcome, result } = how;
    past.ends(endedAs(call, { step: this.#step, at, latest, outcome, result }));
  }
}
