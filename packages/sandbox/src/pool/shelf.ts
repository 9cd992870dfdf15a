import type { Backend, Profile, SandboxInstance } from "../backend.js";
import type { SandboxError } from "../sandbox-error.js";
import { Breaker } from "./breaker.js";
import type { PoolClock } from "./clock.js";

/** A sandbox that nobody has taken. */
export interface Idle {
  readonly instance: SandboxInstance;
  readonly since: number;
}

/** A call that waits for a sandbox. */
export interface Waiter {
  readonly give: (instance: SandboxInstance) => void;
  readonly refuse: (error: SandboxError) => void;
}

/** The sandboxes of one profile, and who waits for one. */
export class Shelf {
  readonly backend: Backend;
  readonly profile: Profile;
  readonly breaker: Breaker;
  /** Oldest first. */
  readonly idle: Idle[] = [];
  readonly waiters = new Set<Waiter>();
  /** Tells those that are started for no call that they are wanted. */
  readonly spares = new Set<() => void>();
  starting = 0;
  /** When a call last asked for one. */
  used: number;
  /** Before this, what is missing is not replaced. */
  refillAt: number;

  constructor(backend: Backend, profile: Profile, clock: PoolClock) {
    this.backend = backend;
    this.profile = profile;
    this.breaker = new Breaker(clock);
    this.used = clock.now();
    this.refillAt = this.used;
  }

  get memory(): number {
    return this.profile.limits.memory;
  }

  /** Sandboxes that calls wait for and that are not on their way. */
  get lacking(): number {
    return Math.max(0, Math.min(this.waiters.size, this.breaker.most) - this.starting);
  }

  /** Sandboxes to be kept ready that are neither there nor on their way. */
  missing(ready: number, now: number): number {
    if (now < this.refillAt || this.breaker.open !== undefined) return 0;
    return Math.max(0, Math.min(ready, this.breaker.most) - this.idle.length - this.starting + this.waiters.size);
  }

  /** Whether calls find enough that one more can be started behind everything else. */
  plenty(ready: number): boolean {
    return this.waiters.size === 0 && this.idle.length >= ready / 2;
  }

  /** From now on a call may wait for what is started. */
  hurry(): void {
    for (const wanted of this.spares) wanted();
    this.spares.clear();
  }

  /** Gives it to who waits longest; false where nobody does. */
  hand(instance: SandboxInstance): boolean {
    const [first] = this.waiters;
    if (first === undefined) return false;
    this.waiters.delete(first);
    first.give(instance);
    return true;
  }

  refuseAll(error: SandboxError): void {
    const all = [...this.waiters];
    this.waiters.clear();
    for (const waiter of all) waiter.refuse(error);
  }
}
