import type { LoopOver, Loop } from "./loop.js";
import type { Workload } from "./rule.js";

/** Something that decides. */
export interface Engine {
  readonly name: string;
  /** How it is used: as its documents show, or helped by the host, such as one policy set a tool. */
  readonly form: string;
  /** Where it is given rules in its own language: no more rules than this, and why. */
  readonly most?: { readonly rules: number; readonly why: string };
  /** What its language cannot say of these rules, and what the host works out for it before anything is timed. */
  readonly helped?: string;
  /** Makes the policy in its language and the calls in its shape, and loads its library: nothing of this is timed. */
  readonly prepare: (workload: Workload, folder: string) => Promise<Prepared>;
}

/** An engine that has not seen its policy yet. */
export interface Prepared {
  /** Reads the policy; this is its load time. */
  readonly load: (loopOver: LoopOver) => Promise<Loop>;
}
