import type { FactFunction, Json } from "@writ/runtime";
import { requireSame, requireThat, type Case } from "./case.js";

/** A question to a fact, and its answer where that is known. */
export interface FactSample {
  readonly args: readonly Json[];
  readonly answer?: Json;
}

/**
 * What every function that answers a `fact` must do: answer JSON within its time, leave what it was asked untouched, answer the
 * same when asked at once, and answer or reject, never hang, for what nobody has heard of. `timeout` is the policy's,
 * in milliseconds.
 */
export function factCases(
  fact: FactFunction,
  made: { readonly known: readonly FactSample[]; readonly unheard?: readonly FactSample[]; readonly timeout?: number },
): readonly Case[] {
  const { known, unheard = [], timeout = 1000 } = made;
  const ask = async (args: readonly Json[]): Promise<unknown> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${timeout} ms`)), timeout);
    });
    try {
      return await Promise.race([Promise.resolve(fact(...args)), late]);
    } finally {
      clearTimeout(timer);
    }
  };
  return [
    ...known.map(({ args, answer }, index): Case => ({
      name: `answers sample ${index}`,
      run: async () => {
        const given: readonly Json[] = structuredClone(args);
        const got = await ask(given);
        requireSame(given, args, "the arguments afterwards");
        requireThat(got !== undefined, "undefined is no answer");
        requireSame(structuredClone(got), got, "the answer as data");
        if (answer !== undefined) requireSame(got, answer, "the answer");
      },
    })),
    {
      name: "answers the same when it is asked at once",
      run: async () => {
        for (const { args } of known) {
          const answers = await Promise.all(Array.from({ length: 8 }, () => ask(args)));
          for (const answer of answers) requireSame(answer, answers[0], "an answer");
        }
      },
    },
    ...unheard.map(({ args }, index): Case => ({
      name: `answers or rejects what nobody has heard of, ${index}`,
      run: async () => {
        try {
          await ask(args);
        } catch (error) {
          requireThat(
            !(error instanceof Error && error.message.startsWith("no answer within")),
            "it neither answers nor rejects",
          );
        }
      },
    })),
  ];
}
