/** What the process ends with. */
export const EXIT = {
  /** Everything that was asked for is so. */
  ok: 0,
  /** The tool could not do its work: wrong usage, a file that cannot be read or written, a fault of its own. */
  fault: 1,
  /** The work was done and the answer is no: a test failed, a log does not verify. */
  refused: 2,
  /** A policy has errors. */
  policy: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * One code for several results. A fault comes first, since nothing is known of what could not be read; then errors in
 * a policy, whose tests could not run; then refusals. Warnings change nothing.
 */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  const all = new Set(codes);
  return [EXIT.fault, EXIT.policy, EXIT.refused].find((code) => all.has(code)) ?? EXIT.ok;
}
