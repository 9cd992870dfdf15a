import { interrupt, isGraphInterrupt } from "@langchain/langgraph";
import type { Session } from "@writ/runtime";

/** Who paused: the node itself, the tool of the call at a position, or a graph that this tool runs. */
const NODE = "node";
const tool = (position: number): string => `tool ${position}`;
const inner = (position: number): string => `graph ${position}`;

/**
 * The pauses of one run of the node. LangGraph runs an interrupted node again from its top and hands out the values
 * it was resumed with by counting calls of `interrupt()`. Calls that are done do not run again and tools run at
 * once, so counting alone would hand one tool's answer, or the wake-up of an approval, to another tool. Here
 * every value reaches the one that paused for it or nobody; what nobody can claim is dropped and asked for again.
 */
export class Pauses {
  readonly #session: Session;
  readonly #step: string;
  #taken: string[];
  /** The id of the node's next interrupt: those of a graph inside a tool have another. */
  #next: string | undefined;

  private constructor(session: Session, step: string, taken: readonly string[]) {
    this.#session = session;
    this.#step = step;
    this.#taken = [...taken];
  }

  static async of(session: Session, step: string): Promise<Pauses> {
    return new Pauses(session, step, await session.pauses(step));
  }

  /** Takes again every pause but those of the tool that paused last; that call must run next, alone, for its answer. */
  replay(): number | undefined {
    const last = ownerOf(this.#taken.at(-1));
    const since = last === undefined ? this.#taken.length : this.#taken.findLastIndex((pause) => ownerOf(pause) !== last) + 1;
    const unanswered = this.#retake(0, since);
    if (unanswered === undefined) return last;
    this.#taken = this.#taken.slice(0, unanswered); // recorded, and never resumed
    return undefined;
  }

  /** The call of {@link replay} did not run again: its pauses are taken for it. */
  replaced(position: number): void {
    this.#retake(this.#taken.findLastIndex((pause) => ownerOf(pause) !== position) + 1, this.#taken.length);
  }

  /** Drops the values that are left, so that no call that runs from here on is handed one. */
  drop(): void {
    while (this.#take()) this.#taken.push(NODE);
  }

  /** Records a pause of the node, or of a tool with what it threw, before the host is told. */
  async record(position?: number, signal?: unknown): Promise<void> {
    const own = signal === undefined || !isGraphInterrupt(signal) || signal.interrupts[0]?.id === this.#next;
    const pause = position === undefined ? NODE : own ? tool(position) : inner(position);
    await this.#session.paused(this.#step, [...this.#taken, pause]);
  }

  /** Takes pauses again; gives the index of the first one that was never answered. */
  #retake(from: number, to: number): number | undefined {
    for (let index = from; index < to; index += 1) {
      // A graph inside a tool keeps its answers in its own checkpoint.
      if (this.#taken[index]?.startsWith("graph ") === true) continue;
      if (!this.#take()) return index;
    }
    return undefined;
  }

  /** Takes the next value and drops it; false where there is none. */
  #take(): boolean {
    try {
      interrupt(null);
      return true;
    } catch (error) {
      if (!isGraphInterrupt(error)) throw error;
      this.#next = error.interrupts[0]?.id;
      return false;
    }
  }
}

function ownerOf(pause: string | undefined): number | undefined {
  const [, position] = /^(?:tool|graph) (\d+)$/.exec(pause ?? "") ?? [];
  return position === undefined ? undefined : Number(position);
}
