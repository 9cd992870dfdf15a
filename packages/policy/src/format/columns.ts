/** How much wider than it needs to be a column may stay. */
const SLACK = 4;

/**
 * Where a column begins: where it must, or where the author has it, if it is lined up already and only a little further.
 * So taking out the longest line of a block leaves the others as they are. `found` holds where it begins in each line,
 * undefined where it does not stand on the line.
 */
export function columnAt(needed: number, found: readonly (number | undefined)[]): number {
  const [first] = found;
  if (first === undefined || found.length < 2 || found.some((one) => one !== first)) return needed;
  return first >= needed && first <= needed + SLACK ? first : needed;
}

/** The widest, and 0 of none. */
export function widest(widths: Iterable<number>): number {
  let most = 0;
  for (const width of widths) if (width > most) most = width;
  return most;
}
