/**
 * The candidate closest to a misspelt name, if one is close: optimal string alignment distance
 * (Damerau-Levenshtein with adjacent transpositions), at most a third of the name's length.
 */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > 64) return undefined;
  // Every letter is one change away from every other.
  const limit = name.length < 2 ? 0 : Math.max(1, Math.floor(name.length / 3));
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > 5000) break;
    if (candidate.length > 64 || Math.abs(candidate.length - name.length) > limit) continue;
    const found = distance(wanted, candidate.toLowerCase());
    if (found < bestDistance || (found === bestDistance && best !== undefined && better(wanted, candidate, best))) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/** Whether no other candidate is as close to a misspelt name as the one that was suggested. */
export function isOnlySuggestion(name: string, suggestion: string, candidates: readonly string[]): boolean {
  const wanted = name.toLowerCase();
  const least = distance(wanted, suggestion.toLowerCase());
  return candidates
    .slice(0, 5000)
    .every(
      (one) =>
        one === suggestion ||
        Math.abs(one.length - wanted.length) > least ||
        distance(wanted, one.toLowerCase()) > least,
    );
}

/** Between two as close, the one that begins alike for longer, then the first in the alphabet. */
function better(wanted: string, candidate: string, best: string): boolean {
  const alike = (text: string): number => {
    let i = 0;
    while (i < wanted.length && wanted[i] === text[i]?.toLowerCase()) i += 1;
    return i;
  };
  const difference = alike(candidate) - alike(best);
  return (
    difference > 0 ||
    (difference === 0 &&
      (similarEnd(wanted, candidate) > similarEnd(wanted, best) ||
        (similarEnd(wanted, candidate) === similarEnd(wanted, best) && candidate < best)))
  );
}

function similarEnd(wanted: string, text: string): number {
  let i = 0;
  while (i < Math.min(wanted.length, text.length) && wanted.at(-1 - i) === text.at(-1 - i)?.toLowerCase()) i += 1;
  return i;
}

function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
