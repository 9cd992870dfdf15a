import type { Backend, Profile, SandboxInstance } from "../backend.js";
import { SandboxError } from "../sandbox-error.js";
import { poolClock, type PoolClock } from "./clock.js";
import { poolKey } from "./key.js";
import { poolBounds, type PoolBounds, type PoolOptions } from "./options.js";
import { Shelf, type Waiter } from "./shelf.js";

/** How long after a call took a sandbox another is started in its place, milliseconds: the call has the core till then. */
const REFILL_MS = 25;
/** How long a profile must not have been used before others that are take its place, milliseconds. */
const COLD_MS = 60_000;

/** How many sandboxes there are now. */
export interface PoolCounts {
  readonly ready: number;
  readonly starting: number;
  readonly running: number;
  readonly waiting: number;
}

/**
 * Keeps fresh sandboxes ready, so that a call does not pay for its start. Each is used once, by one call; none is ever
 * given out again. What is alive is bounded in number and memory: calls over it wait, and over the bound of those that
 * wait they are refused.
 */
export class Pool {
  readonly #bounds: PoolBounds;
  readonly #clock: PoolClock;
  readonly #shelves = new Map<string, Shelf>();
  /** Everything alive that has started, with what it is counted as. */
  readonly #alive = new Map<SandboxInstance, Shelf>();
  readonly #starts = new Set<Promise<void>>();
  #memory = 0;
  /** One makes room for another, and is not gone yet. */
  #leaving = false;
  #closed = false;
  #wake: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  /** Throws a {@link SandboxError} `bad_option`. */
  constructor(options: PoolOptions = {}, clock: PoolClock = poolClock) {
    this.#bounds = poolBounds(options);
    this.#clock = clock;
  }

  /**
   * A sandbox that no call has used, for one call; who takes it stops it. Rejects with a {@link SandboxError}:
   * `boot_failed` where none starts, `pool_exhausted` where none comes free, `aborted`, `pool_closed`, or what the backend
   * says of the profile.
   */
  async take(backend: Backend, profile: Profile, signal?: AbortSignal): Promise<SandboxInstance> {
    if (this.#closed) throw closed();
    if (signal?.aborted === true) throw aborted();
    const shelf = this.#shelf(backend, profile);
    this.#endOld(shelf);
    const ready = shelf.idle.shift();
    if (!shelf.plenty(this.#bounds.ready)) shelf.hurry();
    if (ready !== undefined) {
      this.#refillLater(shelf);
      return ready.instance;
    }
    const why = shelf.breaker.open;
    if (why !== undefined) throw new SandboxError("boot_failed", why);
    if (this.counts().waiting >= this.#bounds.queue)
      throw new SandboxError("pool_exhausted", `${this.#bounds.queue} calls wait for a sandbox already`);
    return await this.#wait(shelf, signal);
  }

  /** Keeps sandboxes of this profile ready from now on. Resolves when the first is; rejects as {@link take} does. */
  async prepare(backend: Backend, profile: Profile): Promise<void> {
    if (this.#closed) throw closed();
    const shelf = this.#shelf(backend, profile);
    if (shelf.idle.length > 0 || this.#bounds.ready === 0) return;
    const instance = await this.take(backend, profile);
    // No call had it: it may wait for one.
    if (this.#closed) await instance.stop();
    else if (!shelf.hand(instance)) shelf.idle.push({ instance, since: this.#clock.now() });
  }

  counts(): PoolCounts {
    let [ready, starting, waiting] = [0, 0, 0];
    for (const shelf of this.#shelves.values()) {
      ready += shelf.idle.length;
      starting += shelf.starting;
      waiting += shelf.waiters.size;
    }
    return { ready, starting, running: this.#alive.size - ready, waiting };
  }

  /** Refuses who waits, and ends everything alive. Resolves when nothing is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    for (const shelf of this.#shelves.values()) {
      shelf.idle.length = 0;
      shelf.refuseAll(closed());
    }
    await Promise.all([...[...this.#alive.keys()].map((instance) => instance.stop()), ...this.#starts]);
    this.#shelves.clear();
  }

  #shelf(backend: Backend, profile: Profile): Shelf {
    const key = poolKey(backend, profile);
    let shelf = this.#shelves.get(key);
    if (shelf === undefined) {
      if (!(profile.limits.memory <= this.#bounds.memory))
        throw new SandboxError("bad_option", `a sandbox of ${profile.limits.memory} bytes is more than the pool has`);
      shelf = new Shelf(backend, profile, this.#clock);
      this.#shelves.set(key, shelf);
    }
    shelf.used = this.#clock.now();
    return shelf;
  }

  #wait(shelf: Shelf, signal: AbortSignal | undefined): Promise<SandboxInstance> {
    return new Promise((resolve, reject) => {
      const over = (): void => {
        shelf.waiters.delete(waiter);
        stopTimer();
        signal?.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        give: (instance) => {
          over();
          resolve(instance);
        },
        refuse: (error) => {
          over();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.refuse(aborted());
      const { wait } = this.#bounds;
      const stopTimer = this.#clock.after(
        wait,
        () => waiter.refuse(new SandboxError("pool_exhausted", `no sandbox came free within ${wait} ms`)),
        true,
      );
      signal?.addEventListener("abort", onAbort, { once: true });
      shelf.waiters.add(waiter);
      shelf.refillAt = this.#clock.now() + REFILL_MS;
      this.#pump();
    });
  }

  #refillLater(shelf: Shelf): void {
    const now = this.#clock.now();
    // While enough wait, each call puts it off again; calls that never pause would otherwise empty the shelf.
    const due = shelf.refillAt <= now && shelf.starting === 0;
    if (due || shelf.plenty(this.#bounds.ready)) shelf.refillAt = now + REFILL_MS;
    this.#clock.after(REFILL_MS, () => this.#pump());
  }

  /** Starts what is wanted as far as there is room: first for calls that wait, then what is to be kept ready. */
  #pump(): void {
    if (this.#closed) return;
    const now = this.#clock.now();
    this.#expire(now);
    const shelves = [...this.#shelves.values()].toSorted((a, b) => b.used - a.used);
    for (const shelf of shelves)
      for (let n = shelf.lacking; n > 0 && this.#room(shelf, this.#bounds.hurried, now); n -= 1) this.#start(shelf);
    if (shelves.some(({ lacking }) => lacking > 0)) return;
    for (const shelf of shelves)
      for (
        let n = shelf.missing(this.#bounds.ready, now);
        n > 0 && this.#room(shelf, this.#bounds.starting, now - COLD_MS);
        n -= 1
      )
        this.#start(shelf);
    this.#sleep(now);
  }

  /** Whether one more may start, of so many at once. Where there is no room, one that nobody used since `before` makes it. */
  #room(shelf: Shelf, atOnce: number, before: number): boolean {
    const { starting } = this.counts();
    if (starting >= atOnce) return false;
    const { most, memory } = this.#bounds;
    if (this.#alive.size + starting < most && this.#memory + shelf.memory <= memory) return true;
    if (this.#leaving) return false;
    const [coldest] = [...this.#shelves.values()]
      .filter((other) => other !== shelf && other.idle.length > 0 && other.used <= before)
      .toSorted((a, b) => a.used - b.used);
    const evicted = coldest?.idle.shift();
    if (evicted !== undefined) {
      // It is counted until it is gone, and then there is another round.
      this.#leaving = true;
      void this.#evict(evicted.instance);
    }
    return false;
  }

  async #evict(instance: SandboxInstance): Promise<void> {
    await instance.stop();
    this.#leaving = false;
    this.#pump();
  }

  #start(shelf: Shelf): void {
    shelf.starting += 1;
    this.#memory += shelf.memory;
    const started = this.#boot(shelf).finally(() => {
      this.#starts.delete(started);
      this.#pump();
    });
    this.#starts.add(started);
  }

  async #boot(shelf: Shelf): Promise<void> {
    let instance: SandboxInstance;
    const { promise: wanted, resolve: hurry } = Promise.withResolvers<void>();
    const spare = shelf.plenty(this.#bounds.ready);
    if (spare) shelf.spares.add(hurry);
    try {
      instance = await shelf.backend.start(shelf.profile, spare ? wanted : undefined);
    } catch (error) {
      shelf.spares.delete(hurry);
      shelf.starting -= 1;
      this.#memory -= shelf.memory;
      this.#failed(shelf, error);
      return;
    }
    shelf.spares.delete(hurry);
    shelf.starting -= 1;
    shelf.breaker.succeeded();
    const kept = this.#keep(shelf, instance);
    if (this.#closed) await kept.stop();
    else if (!shelf.hand(kept)) shelf.idle.push({ instance: kept, since: this.#clock.now() });
  }

  /** Counts it until it is gone, by itself or because it was stopped. */
  #keep(shelf: Shelf, instance: SandboxInstance): SandboxInstance {
    const kept: SandboxInstance = {
      id: instance.id,
      bootMs: instance.bootMs,
      gone: instance.gone,
      run: (job) => instance.run(job),
      stop: async () => {
        try {
          await instance.stop();
        } finally {
          left();
        }
      },
    };
    const left = (): void => {
      if (!this.#alive.delete(kept)) return;
      this.#memory -= shelf.memory;
      const at = shelf.idle.findIndex((idle) => idle.instance === kept);
      if (at >= 0) shelf.idle.splice(at, 1);
      this.#pump();
    };
    this.#alive.set(kept, shelf);
    void instance.gone.then(left, left);
    return kept;
  }

  #failed(shelf: Shelf, error: unknown): void {
    if (error instanceof SandboxError && error.code === "bad_option") {
      // The same profile is refused the next time as well: nothing is tried again.
      shelf.refuseAll(error);
      this.#forget(shelf);
      return;
    }
    const why = error instanceof Error ? error.message : "the sandbox does not start";
    shelf.breaker.failed(why);
    shelf.refillAt = this.#clock.now() + Math.max(REFILL_MS, shelf.breaker.pause);
    if (shelf.breaker.open !== undefined) shelf.refuseAll(new SandboxError("boot_failed", why));
  }

  /** Ends what nobody took in time; a profile that nobody asked for since is forgotten. */
  #expire(now: number): void {
    for (const shelf of this.#shelves.values()) {
      this.#endOld(shelf);
      if (now - shelf.used >= this.#bounds.age && shelf.waiters.size === 0) this.#forget(shelf);
    }
  }

  #endOld({ idle }: Shelf): void {
    const before = this.#clock.now() - this.#bounds.age;
    while (idle[0] !== undefined && idle[0].since <= before) void idle.shift()?.instance.stop();
  }

  #forget(shelf: Shelf): void {
    for (const { instance } of shelf.idle.splice(0)) void instance.stop();
    for (const [key, other] of this.#shelves) if (other === shelf) this.#shelves.delete(key);
  }

  /** Wakes when the next sandbox is too old, or the next start is due. */
  #sleep(now: number): void {
    this.#wake?.();
    let next = Number.POSITIVE_INFINITY;
    for (const { idle, used, refillAt } of this.#shelves.values()) {
      next = Math.min(next, (idle[0]?.since ?? used) + this.#bounds.age, used + this.#bounds.age);
      if (refillAt > now) next = Math.min(next, refillAt);
    }
    this.#wake = next === Number.POSITIVE_INFINITY ? undefined : this.#clock.after(next - now, () => this.#pump());
  }
}

function closed(): SandboxError {
  return new SandboxError("pool_closed", "the sandboxes are closed");
}

function aborted(): SandboxError {
  return new SandboxError("aborted", "the call was aborted before it had a sandbox");
}
