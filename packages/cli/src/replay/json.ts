import type { Replayed } from "./replayed.js";

/** What came of a replay, as data. */
export function jsonReplayed({ notReplayed, wrong, score, ...rest }: Replayed): object {
  const { problems, problemCount, first, ...counts } = rest;
  return {
    ...counts,
    figures: score.figures.flatMap(({ name, micro, macro }) =>
      micro === undefined ? [] : [{ name, micro, ...(macro === undefined ? {} : { macro }) }],
    ),
    ...(score.questions === undefined ? {} : { questions: score.questions }),
    wrong: Object.fromEntries(wrong),
    notReplayed: Object.fromEntries(notReplayed),
    problems,
    problemCount,
    ...(first === undefined ? {} : { first }),
  };
}
