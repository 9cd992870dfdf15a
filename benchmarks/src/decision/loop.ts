import { runInThisContext } from "node:vm";

/** The n-th call decided alone, or many in a row. */
export interface Loop {
  readonly calls: number;
  /** Whether the n-th call is allowed. */
  readonly decide: (n: number) => boolean | Promise<boolean>;
  /** Decides so many calls, beginning with one and around; gives how many were allowed. */
  readonly many: (from: number, count: number) => number | Promise<number>;
}

export type LoopOver = <Input>(inputs: readonly Input[], decide: (input: Input) => boolean) => Loop;

/** The loops for an engine whose every answer has to be waited for. */
export function loopOverLater<Input>(inputs: readonly Input[], decide: (input: Input) => Promise<boolean>): Loop {
  const one = async (n: number): Promise<boolean> => {
    const input = inputs[n];
    return input !== undefined && (await decide(input));
  };
  return {
    calls: inputs.length,
    decide: one,
    async many(from, count) {
      let allowed = 0;
      for (let done = 0; done < count; done += 1) if (await one((from + done) % inputs.length)) allowed += 1;
      return allowed;
    },
  };
}

/** The loops that time an engine. It uses nothing outside of itself: see {@link freshLoop}. */
export function loopOver<Input>(inputs: readonly Input[], decide: (input: Input) => boolean): Loop {
  const one = (n: number): boolean => {
    const input = inputs[n];
    return input !== undefined && decide(input);
  };
  return {
    calls: inputs.length,
    decide: one,
    many(from, count) {
      let [n, allowed] = [from % inputs.length, 0];
      for (let done = 0; done < count; done += 1) {
        const input = inputs[n];
        if (input !== undefined && decide(input)) allowed += 1;
        n = n + 1 === inputs.length ? 0 : n + 1;
      }
      return allowed;
    },
  };
}

/**
 * The same function anew. V8 keeps what it learnt about a call site with the code of its function: two engines that are
 * timed through the same loops slow each other down.
 */
export function freshLoop(): LoopOver {
  const fresh: unknown = runInThisContext(`"use strict"; (${loopOver.toString()})`);
  if (!isLoopOver(fresh)) throw new Error("loopOver does not stand alone");
  return fresh;
}

function isLoopOver(fresh: unknown): fresh is LoopOver {
  return typeof fresh === "function";
}
