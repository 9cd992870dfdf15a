/**
 * Whether two words are equal but for one slip of the keys: a letter more, less, other, or two swapped (the restricted
 * Damerau-Levenshtein distance is at most one). Whoever writes an attack writes in a hurry, or slips to be passed over.
 */
export function oneSlip(word: string, wanted: string): boolean {
  const [short, long] = word.length <= wanted.length ? [word, wanted] : [wanted, word];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  return (
    short.slice(at + 1) === long.slice(at + 1) ||
    (short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2))
  );
}
