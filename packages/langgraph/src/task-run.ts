import { interrupt, isGraphInterrupt, type LangGraphRunnableConfig } from "@langchain/langgraph";
import type { Session } from "@writ/runtime";
import { Pauses } from "./pauses.js";

const SCRATCHPAD = "__pregel_scratchpad";
const runs = new WeakMap<object, TaskRun>();

/**
 * One run of a node's task. Its calls may be settled together, as a guard node does, or each by itself at the same time, as
 * guarded tools in another tool node are: they share the answers that the task is resumed with, and the task pauses for one
 * of them.
 */
export class TaskRun {
  readonly #here = new Set<number>();
  readonly #resumed = Promise.withResolvers<undefined>();
  #present = 0;
  #opened: Promise<Pauses> | undefined;
  /** Whose pause was the last one: that call takes the answers, before any other runs. */
  #last: number | undefined;
  #pause: Error | undefined;
  /** The pause of the call that is run first, on its way to being the task's. */
  #again: Error | undefined;

  /** Settles calls at these positions in the run that is under way; the last of it to leave ends it. */
  static async settle<T>(
    { configurable }: LangGraphRunnableConfig,
    positions: readonly number[],
    settle: (run: TaskRun) => Promise<T>,
  ): Promise<T> {
    const scratchpad: unknown = configurable?.[SCRATCHPAD];
    const task = typeof scratchpad === "object" && scratchpad !== null ? scratchpad : {};
    const run = runs.get(task) ?? new TaskRun();
    runs.set(task, run);
    // Before anything is waited for, so that all who are here know of each other.
    for (const position of positions) run.#here.add(position);
    run.#present += 1;
    try {
      return await settle(run);
    } finally {
      run.#present -= 1;
      // Whatever became of the call that is run first, nobody waits for it any longer.
      for (const position of positions) run.#here.delete(position);
      if (run.#last !== undefined && positions.includes(run.#last)) run.#resumed.resolve(undefined);
      // The host may run the task again, from its top.
      if (run.#present === 0) runs.delete(task);
    }
  }

  /** The pauses of the task's step, with those of everybody but the last taken again. */
  async open(session: Session, step: string): Promise<Pauses> {
    this.#opened ??= this.#open(session, step);
    return this.#opened;
  }

  async #open(session: Session, step: string): Promise<Pauses> {
    const pauses = await Pauses.of(session, step);
    this.#last = pauses.replay();
    if (this.#last === undefined || !this.#here.has(this.#last)) {
      if (this.#last !== undefined) pauses.retake(this.#last);
      pauses.drop();
      this.#last = undefined;
      this.#resumed.resolve(undefined);
    }
    return pauses;
  }

  /** The position of the call that is run first, alone; undefined where there is none. */
  get first(): number | undefined {
    return this.#last;
  }

  /** The call that was run first is done: what it did not take of the answers goes to nobody. */
  close(pauses: Pauses, done: { readonly ran: boolean; readonly signal?: Error } | undefined): void {
    if (this.#last !== undefined && done?.ran !== true) pauses.retake(this.#last);
    pauses.drop();
    // Nobody else runs where it paused again.
    if (done?.signal !== undefined && isGraphInterrupt(done.signal)) this.#again = done.signal;
    this.#resumed.resolve(undefined);
  }

  /** Waits for the call that is run first; throws where the task pauses. */
  async turn(): Promise<void> {
    await this.#resumed.promise;
    const pause = this.#pause ?? this.#again;
    if (pause !== undefined) throw pause;
  }

  /** Pauses the task for approvals. It throws in any case: were it to return, calls that wait would count as answered. */
  pause(value: unknown): never {
    if (this.#pause !== undefined) throw this.#pause;
    try {
      interrupt(value);
    } catch (error) {
      if (error instanceof Error) this.#pause = error;
      throw error;
    }
    throw new Error("the task was resumed with an answer that nobody asked for");
  }

  /** Passes on what a tool threw to steer or pause the graph; of pauses only the first one in a task counts. */
  async throw(signal: Error, position: number, pauses: Pauses | undefined): Promise<never> {
    if (!isGraphInterrupt(signal)) throw signal;
    if (this.#pause !== undefined) throw this.#pause;
    this.#pause = signal;
    await pauses?.record(position, signal);
    throw signal;
  }
}
