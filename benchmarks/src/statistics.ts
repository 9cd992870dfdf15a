/** The value below which this part of the values lies, between two of them where it falls between; 0 of none. */
export function quantile(values: readonly number[] | Float64Array, part: number): number {
  const sorted = Float64Array.from(values).toSorted();
  const place = part * (sorted.length - 1);
  const [below = 0, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[] | Float64Array): number {
  return quantile(values, 0.5);
}
