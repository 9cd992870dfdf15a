/** A share of something counted, with an interval that holds 95 % of the time. All are between 0 and 1. */
export interface Share {
  readonly of: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const Z = 1.959963984540054;
const RESAMPLES = 2000;

/** Wilson's score interval of `hits` in `of` (E. B. Wilson, JASA 22, 1927); undefined where nothing was counted. */
export function wilson(hits: number, of: number): Share | undefined {
  if (of === 0) return undefined;
  const value = hits / of;
  const scale = 1 + (Z * Z) / of;
  const middle = (value + (Z * Z) / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((value * (1 - value)) / of + (Z * Z) / (4 * of * of));
  return { of, value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * The mean over groups of each group's mean, with a percentile interval from a bootstrap within groups (B. Efron, 1979).
 * The groups themselves are taken as given: it says nothing of tasks that are not here. The same every time.
 */
export function macro(groups: readonly (readonly number[])[]): Share | undefined {
  const filled = groups.filter((group) => group.length > 0);
  if (filled.length === 0) return undefined;
  const random = mulberry32(0x5eed);
  const over = (pick: (group: readonly number[]) => number): number =>
    filled.reduce((sum, group) => sum + pick(group), 0) / filled.length;
  const value = over((group) => group.reduce((sum, one) => sum + one, 0) / group.length);
  const means = Array.from({ length: RESAMPLES }, () =>
    over((group) => {
      let sum = 0;
      for (let i = 0; i < group.length; i += 1) sum += group[Math.floor(random() * group.length)] ?? 0;
      return sum / group.length;
    }),
  ).toSorted((a, b) => a - b);
  const at = (part: number): number => means[Math.min(means.length - 1, Math.floor(part * means.length))] ?? value;
  return { of: filled.length, value, low: at(0.025), high: at(0.975) };
}

/** A small generator with a seed, so that a report can be made again (T. Ettinger's mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
