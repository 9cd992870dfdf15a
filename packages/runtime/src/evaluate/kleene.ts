/**
 * Strong Kleene logic: true, false, and undefined for unknown. Unknown never turns into an answer that filling it
 * in could contradict: that is what keeps theorem 1 of language.md section 5.
 */
export type Truth = boolean | undefined;

/** False when any is false; otherwise unknown when any is unknown. Stops at the first false. */
export function all<T>(items: Iterable<T>, test: (item: T) => Truth): Truth {
  let unknown = false;
  for (const item of items) {
    const truth = test(item);
    if (truth === false) return false;
    unknown ||= truth === undefined;
  }
  return unknown ? undefined : true;
}

/** True when any is true; otherwise unknown when any is unknown. Stops at the first true. */
export function any<T>(items: Iterable<T>, test: (item: T) => Truth): Truth {
  let unknown = false;
  for (const item of items) {
    const truth = test(item);
    if (truth === true) return true;
    unknown ||= truth === undefined;
  }
  return unknown ? undefined : false;
}

/** The opposite; unknown stays unknown. */
export function negate(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}
