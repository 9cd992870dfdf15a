import { quietly } from "../quietly.js";

/** The longest wait that a timer can hold, 24.8 days; a longer one would fire at once. */
export const LONGEST_WAIT = 2 ** 31 - 1;

/** Answers that never came and may still come; with more of them a port counts as dead, and nothing more is asked of it. */
const MAX_LOST = 1024;

/** A wait under way: one of a list in the order in which they end. */
export class Wait {
  readonly until: number;
  /** Undefined once it is over or ended, so that it is neither twice. */
  expire: (() => void) | undefined;
  before: Wait | undefined;
  after: Wait | undefined;

  constructor(until: number, expire: () => void, before: Wait | undefined) {
    this.until = until;
    this.expire = expire;
    this.before = before;
    this.after = undefined;
  }
}

const lateAnswers = new WeakMap<Error, Promise<unknown>>();

/**
 * The one rule for everything outside that answers a promise: an answer within the time, or an error. All waits of one
 * port share a timer, which holds the process only while something is waited for.
 */
export class Deadlines {
  readonly #ms: number;
  #first: Wait | undefined;
  #last: Wait | undefined;
  #lost = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number) {
    this.#ms = Math.min(ms, LONGEST_WAIT);
  }

  /** What `ask` gives; rejects with what it throws, or with `late()` when it takes too long. */
  async within<T>(ask: () => T | PromiseLike<T>, late: (why: string) => Error): Promise<T> {
    if (this.#lost >= MAX_LOST) throw late(`${MAX_LOST} of its answers are overdue`);
    const answer = asked(ask);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const wait = this.begin(() => {
      const error = late(`it did not answer within ${this.#ms} ms`);
      lateAnswers.set(error, answer);
      reject(error);
      void this.#lose(answer);
    });
    answer.then(resolve, reject);
    try {
      return await promise;
    } finally {
      this.end(wait);
    }
  }

  /** Counts an answer as overdue until it comes. */
  async #lose(answer: Promise<unknown>): Promise<void> {
    this.#lost += 1;
    await quietly(answer);
    this.#lost -= 1;
  }

  /** Begins a wait: `expire` is called once the time is over, unless it is ended before. */
  begin(expire: () => void): Wait {
    const wait = new Wait(performance.now() + this.#ms, expire, this.#last);
    const alone = this.#last === undefined;
    if (this.#last === undefined) this.#first = wait;
    else this.#last.after = wait;
    this.#last = wait;
    if (this.#timer === undefined) this.#arm(this.#ms);
    else if (alone) holdProcess(this.#timer, true);
    return wait;
  }

  /** Ends a wait. One that is over already is ended again to no effect. */
  end(wait: Wait): void {
    if (!this.#remove(wait)) return;
    if (this.#first === undefined && this.#timer !== undefined) holdProcess(this.#timer, false);
  }

  #remove(wait: Wait): boolean {
    if (wait.expire === undefined) return false;
    wait.expire = undefined;
    const { before, after } = wait;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    wait.before = undefined;
    wait.after = undefined;
    return true;
  }

  #arm(ms: number): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer); // begun by a wait that another's end began
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  /** Ends what is overdue. */
  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (let wait = this.#first; wait !== undefined; wait = this.#first) {
      if (wait.until > now) {
        this.#arm(Math.ceil(wait.until - now));
        return;
      }
      const { expire } = wait;
      this.#remove(wait);
      expire?.();
    }
  }
}

/** Asked at once, so that what is asked stays in order. */
async function asked<T>(ask: () => T | PromiseLike<T>): Promise<T> {
  return ask();
}

/** Where a wait ended too early: takes what comes after all, so that what it changed can be taken back. */
export function whenLate(error: unknown, take: (answer: unknown) => Promise<unknown>): void {
  const answer = error instanceof Error ? lateAnswers.get(error) : undefined;
  if (answer !== undefined) void quietly(takeLate(answer, take));
}

async function takeLate(answer: Promise<unknown>, take: (answer: unknown) => Promise<unknown>): Promise<void> {
  await take(await answer);
}

/** Says whether the timer keeps the process alive; in a browser a timer is a number, and nothing is kept. */
export function holdProcess(timer: ReturnType<typeof setTimeout>, wanted: boolean): void {
  const held: unknown = timer;
  if (!isHolding(held)) return;
  if (wanted) held.ref();
  else held.unref();
}

function isHolding(timer: unknown): timer is { ref(): unknown; unref(): unknown } {
  return (
    typeof timer === "object" &&
    timer !== null &&
    "ref" in timer &&
    typeof timer.ref === "function" &&
    "unref" in timer &&
    typeof timer.unref === "function"
  );
}
