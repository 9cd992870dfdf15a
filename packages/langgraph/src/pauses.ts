import { interrupt, isGraphInterrupt } from "@langchain/langgraph";
import type { Session } from "@writ/runtime";

/** Who took a pause: a tool by the position of its call, a graph that this tool runs, or the node itself. */
const NODE = "node";
const ownerOf = (pause: string | undefined): number | undefined => {
  const position = /^(?:tool|graph) (\d+)$/.exec(pause ?? "")?.[1];
  return position === undefined ? undefined : Number(position);
};

/**
 * The pauses of one run of the node. LangGraph runs an interrupted node again from its top and hands out the values
 * it was resumed with by counting calls of `interrupt()`. Calls that are done do not run again and tools run at
 * once, so counting alone would hand one tool's answer, or the wake-up of an approval, to another tool. Here
 * every value reaches the tool that paused for it or nobody: the tool that paused last runs first, alone, and what
 * it does not take is dropped before anything else runs.
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

  /** Takes again every pause before those of the tool that paused last, and gives the position of its call. */
  replay(): number | undefined {
    const last = ownerOf(this.#taken.at(-1));
    this.#retake(0, this.#firstOf(last));
    return last;
  }

  /** The call of {@link replay} did not run again: its pauses are taken for it. */
  retake(position: number): void {
    this.#retake(this.#firstOf(position), this.#taken.length);
  }

  /** Drops the values that are left. */
  drop(): void {
    while (this.#take()) this.#taken.push(NODE);
  }

  /** Records the pause of a tool, from what it threw, before the host is told. */
  async record(position: number, signal: Error): Promise<void> {
    const own = isGraphInterrupt(signal) && signal.interrupts[0]?.id === this.#next;
    await this.#session.paused(this.#step, [...this.#taken, `${own ? "tool" : "graph"} ${position}`]);
  }

  #firstOf(owner: number | undefined): number {
    return owner === undefined
      ? this.#taken.length
      : this.#taken.findLastIndex((pause) => ownerOf(pause) !== owner) + 1;
  }

  #retake(from: number, to: number): void {
    // A graph inside a tool keeps its answers in its own checkpoint.
    for (const pause of this.#taken.slice(from, to)) if (!pause.startsWith("graph ")) this.#take();
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
