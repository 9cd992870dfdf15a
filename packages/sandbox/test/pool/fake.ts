import { DEFAULT_LIMITS, type Backend, type Profile, type RunEnd, type SandboxInstance } from "../../src/backend.js";
import type { PoolClock } from "../../src/pool/clock.js";

/** Time that moves when it is told to. */
export class FakeClock implements PoolClock {
  #now = 1000;
  readonly #due = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const entry = { at: this.#now + ms, run };
    this.#due.add(entry);
    return () => this.#due.delete(entry);
  }

  /** Lets so much time pass, and what is due in it happen in its order. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await settle();
      const [next] = [...this.#due].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = until;
    await settle();
  }
}

/** Lets what is ready to happen happen. */
export async function settle(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
}

export interface FakeSandbox extends SandboxInstance {
  readonly profile: Profile;
  readonly runs: number;
  readonly stopped: boolean;
  die(): void;
}

/** A backend whose starts are let through one by one, or at once. */
export class FakeBackend implements Backend {
  readonly version = 1;
  readonly name = "fake";
  readonly isolation = "process";
  readonly capabilities = { programs: ["javascript"], mounts: true } as const;
  readonly started: FakeSandbox[] = [];
  /** Starts that have not come to an end. */
  starting = 0;
  mostAtOnce = 0;
  /** Of each start: that a call waits for it, that none does, or that none did at first. */
  readonly urgency: ("wanted" | "spare" | "wanted later")[] = [];
  /** What the next starts fail with. */
  failure: Error | undefined;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;

  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    [this.#gate, this.#open] = [promise, resolve];
  }

  release(): void {
    this.#open();
    this.#gate = Promise.resolve();
  }

  probe(): ReturnType<Backend["probe"]> {
    return Promise.resolve({ ok: true, proven: [], missing: [] });
  }

  async start(profile: Profile, wanted?: Promise<void>): Promise<SandboxInstance> {
    this.starting += 1;
    const at = this.urgency.push(wanted === undefined ? "wanted" : "spare") - 1;
    void wanted?.then(() => (this.urgency[at] = "wanted later"));
    this.mostAtOnce = Math.max(this.mostAtOnce, this.starting);
    await this.#gate;
    this.starting -= 1;
    if (this.failure !== undefined) throw this.failure;
    const sandbox = fakeSandbox(`fake-${this.started.length}`, profile);
    this.started.push(sandbox);
    return sandbox;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Those alive. */
  get alive(): number {
    return this.started.filter(({ stopped }) => !stopped).length;
  }
}

function fakeSandbox(id: string, profile: Profile): FakeSandbox {
  const gone = Promise.withResolvers<void>();
  let [runs, stopped] = [0, false];
  const die = (): void => {
    stopped = true;
    gone.resolve();
  };
  return {
    id,
    bootMs: 1,
    profile,
    gone: gone.promise,
    run: (): Promise<RunEnd> => {
      runs += 1;
      return Promise.resolve({ status: "done", value: id, log: "" });
    },
    stop: () => {
      die();
      return Promise.resolve();
    },
    die,
    get runs() {
      return runs;
    },
    get stopped() {
      return stopped;
    },
  };
}

export const PROFILE: Profile = {
  program: "javascript",
  limits: { ...DEFAULT_LIMITS, memory: 1 },
  mounts: [],
  env: {},
};

/** Profiles that differ. */
export function profileNumber(n: number): Profile {
  return { ...PROFILE, env: { N: String(n) } };
}
