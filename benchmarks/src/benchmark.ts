import type { TargetId } from "./targets/target-list.js";

/** One thing that is timed. */
export interface Benchmark {
  readonly name: string;
  /** What is promised of the median; undefined where nothing is. */
  readonly target?: TargetId;
  /** The work is another process's, whose use of the processor is not seen from here. */
  readonly elsewhere?: true;
  /**
   * Garbage is not collected before each run, and so collections that the work itself causes are in its times. For short
   * work: a full collection takes away what compiled code relies on, and the run after it is no warm one.
   */
  readonly uncollected?: true;
  /** Runs that are not counted, and runs that are. */
  readonly warmUp: number;
  readonly runs: number;
  /** One run. What it does before and after its own work, `timed` leaves out. */
  readonly run: (timed: Timed) => Promise<void>;
}

/** Times the part of a run that counts; it is called once a run. */
export type Timed = <T>(work: () => T | Promise<T>) => Promise<T>;

/** Benchmarks that are run together by one name. */
export interface Suite {
  readonly method: readonly string[];
  readonly benchmarks: readonly Benchmark[];
  /** What they ran on, beside the machine: sizes and digests of the inputs. */
  readonly inputs: Readonly<Record<string, string | number>>;
  readonly close: () => Promise<void>;
}
