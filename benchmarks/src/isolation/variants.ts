import { buildImages, defaultBackends } from "@writ/sandbox";
import { DEFAULT_LIMITS, type Backend, type Job, type Profile, type ProgramKind } from "@writ/sandbox/backend";

/** A tier as it is measured: what runs in it, what is promised of it, and what the article that started this said. */
export interface Tier {
  readonly name: string;
  readonly isolation: Backend["isolation"];
  readonly program: ProgramKind;
  readonly source: string;
  /** Milliseconds of a call that takes a sandbox from the pool; the median of one that starts its own. */
  readonly target?: { readonly median: number; readonly p99?: number; readonly cold?: number };
  /** Milliseconds, published for a start. */
  readonly seed: string;
}

const ADD = "return args.n + 1;";

export const TIERS: readonly Tier[] = [
  {
    name: "process",
    isolation: "process",
    program: "javascript",
    source: ADD,
    target: { median: 1, p99: 5 },
    seed: "1-10",
  },
  {
    name: "process, Python",
    isolation: "process",
    program: "python",
    source: 'result = args["n"] + 1',
    target: { median: 2, cold: 20 },
    seed: "",
  },
  { name: "wasm", isolation: "wasm", program: "javascript", source: ADD, target: { median: 1, p99: 5 }, seed: "5-50" },
  {
    name: "container",
    isolation: "container",
    program: "javascript",
    source: ADD,
    target: { median: 1.5, p99: 5 },
    seed: "100-500",
  },
  {
    name: "gvisor",
    isolation: "gvisor",
    program: "javascript",
    source: ADD,
    target: { median: 3, p99: 8 },
    seed: "50-150",
  },
];

export function profileOf({ program }: Pick<Tier, "program">): Profile {
  return { program, limits: { ...DEFAULT_LIMITS, processes: 64 }, mounts: [], env: {} };
}

/** The n-th call: its answer is n + 1. */
export function jobOf({ program, source }: Tier, n: number): Job {
  const { limits } = profileOf({ program });
  return {
    program: program === "module" ? { kind: program, source, export: "main" } : { kind: program, source },
    args: { n },
    limits,
    signal: new AbortController().signal,
    ask: () => Promise.resolve({ ok: false, message: "nobody answers" }),
  };
}

/** A backend of this tier that holds on this machine, or why there is none. */
export async function provenBackend({ isolation }: Tier): Promise<Backend | { readonly why: string }> {
  let why = "no backend";
  for (const backend of defaultBackends().filter((one) => one.isolation === isolation)) {
    const probe = await backend.probe();
    if (probe.ok) return backend;
    why = probe.why;
  }
  return { why };
}

/**
 * The same, with the images that it needs: they are built on an engine that was started for this run
 * (scripts/workshop/engines.mjs), and never on somebody's own.
 */
export async function readyBackend(tier: Tier): Promise<Backend | { readonly why: string }> {
  const engines = tier.isolation === "container" || tier.isolation === "gvisor";
  if (engines && process.env["WRIT_EXPECT_TIERS"] !== undefined) {
    const built = await buildImages();
    if (!built.ok) return { why: built.why };
  }
  return await provenBackend(tier);
}
