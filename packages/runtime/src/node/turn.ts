import type { Applied, StateImage } from "../state/state-image.js";
import type { DirtyKeys } from "./dirty-keys.js";
import { stateError, type StorageFault } from "./storage-fault.js";

/** What an operation waits for before it answers. */
export type Until =
  /** That the system has what it wrote. */
  | "written"
  /** That all that was written before, by anyone, is on stable storage. */
  | "durable"
  /** That what it read is on stable storage. */
  | ((dirty: DirtyKeys) => boolean);

/** One operation on the store, waiting for its turn. */
export class Turn<T> {
  readonly until: Until;
  /** Bytes it will write, about; 0 for what only reads. */
  readonly size: number;
  readonly #run: (image: StateImage) => Applied<T>;
  readonly #resolve: (answer: T) => void;
  readonly #reject: (error: unknown) => void;
  #outcome: { readonly answer: T } | { readonly error: unknown } | undefined;

  constructor(
    until: Until,
    size: number,
    run: (image: StateImage) => Applied<T>,
    done: (answer: T) => void,
    failed: (error: unknown) => void,
  ) {
    this.until = until;
    this.size = size;
    this.#run = run;
    this.#resolve = done;
    this.#reject = failed;
  }

  /** Does it on the image; a refusal is this caller's alone and not that of others whose turn it is too. */
  apply(image: StateImage): Omit<Applied<T>, "answer"> {
    try {
      const applied = this.#run(image);
      this.#outcome = { answer: applied.answer };
      return applied;
    } catch (error) {
      this.#outcome = { error };
      return {};
    }
  }

  done(): void {
    const outcome = this.#outcome;
    if (outcome !== undefined && "answer" in outcome) this.#resolve(outcome.answer);
    else this.#reject(outcome?.error);
  }

  failed(fault: StorageFault): void {
    this.#reject(stateError(fault, ""));
  }
}

/** What the queue sees of an operation, whatever it answers. */
export interface AnyTurn {
  readonly until: Until;
  readonly size: number;
  apply(image: StateImage): Omit<Applied<unknown>, "answer">;
  done(): void;
  failed(fault: StorageFault): void;
}
