/** What isolation costs on a machine and what it stops there, for the repository's benchmarks and for `writ bench isolation`. */
export {
  ISOLATION_ORDERS,
  measureTier,
  type IsolationFigures,
  type IsolationOrder,
  type Times,
} from "./measure-tier.js";
export { descendants, memoryOf, processNumbers } from "./memory.js";
export { BENCH_TIERS, jobOf, profileOf, provenBackend, readyBackend, type BenchTier, type NoBackend } from "./tiers.js";
export { tryList, type TriedList } from "./try-list.js";
