/**
 * How many inputs a property is tried with: `normal`, or as many as `WRIT_RUNS` says, which `npm run fuzz` sets. A
 * property that takes long for each input is tried with a tenth of those.
 */
export function runs(normal: number, slow?: "slow"): number {
  const wanted = process.env["WRIT_RUNS"];
  if (wanted === undefined || wanted === "") return normal;
  if (!/^[1-9]\d{0,8}$/.test(wanted)) throw new Error(`WRIT_RUNS is a whole number from 1, not ${wanted}`);
  return slow === undefined ? Number(wanted) : Math.ceil(Number(wanted) / 10);
}
