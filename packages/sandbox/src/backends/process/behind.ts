import type { Group } from "./cgroup.js";

/** How long at most a box is started behind everything else, milliseconds: on a busy machine it might never be. */
const LONGEST = 100;

/**
 * A box that no call waits for is started with the processor time that others leave, so that a call beside it is not held
 * up; it is brought forward when somebody wants it, when it has had some time, and in any case before a call has it.
 */
export class Behind {
  readonly #group: Group | undefined;
  readonly #failed: () => void;
  readonly #timer: NodeJS.Timeout | undefined;
  #forward: Promise<void> | undefined;

  /** @param failed ends the box: one that stays behind is none */
  constructor(group: Group | undefined, wanted: Promise<void> | undefined, failed: () => void) {
    this.#group = group;
    this.#failed = failed;
    if (group === undefined || wanted === undefined) return;
    const forward = (): void => void this.forward().catch(() => undefined);
    this.#timer = setTimeout(forward, LONGEST);
    void wanted.then(forward);
  }

  /** Resolves when it has its part of the processors as anything else; rejects where it cannot have it. */
  forward(): Promise<void> {
    clearTimeout(this.#timer);
    this.#forward ??= this.#bring();
    return this.#forward;
  }

  /** It is over, and needs nothing more. */
  over(): void {
    clearTimeout(this.#timer);
    this.#forward ??= Promise.resolve();
  }

  async #bring(): Promise<void> {
    try {
      await this.#group?.forward();
    } catch (error) {
      this.#failed();
      throw error;
    }
  }
}
