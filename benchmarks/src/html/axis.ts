/** From a value to a place on an axis, and where its ticks stand. */
export interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A logarithmic axis over these values, in whole decades. Values must be above zero. */
export function logAxis(values: readonly number[], from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  const decades = Array.from({ length: high - low + 1 }, (_, n) => 10 ** (low + n));
  const step = Math.ceil(decades.length / 8);
  return {
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    ticks: decades.filter((_, n) => n % step === 0),
  };
}

/** A linear axis from zero, so that nothing looks steeper than it is. */
export function linearAxis(values: readonly number[], from: number, to: number): Axis {
  const most = Math.max(Number.MIN_VALUE, ...values);
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10);
  const top = Math.ceil(most / step) * step;
  return {
    at: (value) => from + (value / top) * (to - from),
    ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, n) => n * step),
  };
}
