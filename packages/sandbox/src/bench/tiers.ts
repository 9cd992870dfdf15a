import { DEFAULT_LIMITS, type Backend, type Job, type Profile, type ProgramKind } from "../backend.js";
import { defaultBackends } from "../backends/default-backends.js";
import { buildImages } from "../images/build-images.js";

/** A tier as it is measured: what runs in it, what is promised of it, and what the article that started this said. */
export interface BenchTier {
  readonly name: string;
  readonly isolation: Backend["isolation"];
  /** Where a tier has several backends: which. The first that holds, where unsaid. */
  readonly backend?: string;
  readonly program: ProgramKind;
  readonly source: string;
  /** Milliseconds, published for a start. */
  readonly seed: string;
}

const ADD = "return args.n + 1;";

export const BENCH_TIERS: readonly BenchTier[] = [
  {
    name: "process",
    isolation: "process",
    program: "javascript",
    source: ADD,
    seed: "1-10",
  },
  {
    name: "process, Landlock",
    isolation: "process",
    backend: "landlock",
    program: "javascript",
    source: ADD,
    seed: "",
  },
  {
    name: "process, Python",
    isolation: "process",
    program: "python",
    source: 'result = args["n"] + 1',
    seed: "",
  },
  { name: "wasm", isolation: "wasm", program: "javascript", source: ADD, seed: "5-50" },
  {
    name: "container",
    isolation: "container",
    program: "javascript",
    source: ADD,
    seed: "100-500",
  },
  {
    name: "gvisor",
    isolation: "gvisor",
    program: "javascript",
    source: ADD,
    seed: "50-150",
  },
];

export function profileOf({ program }: Pick<BenchTier, "program">): Profile {
  return { program, limits: { ...DEFAULT_LIMITS, processes: 64 }, mounts: [], env: {} };
}

/** The n-th call: its answer is n + 1. */
export function jobOf({ program, source }: BenchTier, n: number): Job {
  const { limits } = profileOf({ program });
  return {
    program: program === "module" ? { kind: program, source, export: "main" } : { kind: program, source },
    args: { n },
    limits,
    signal: new AbortController().signal,
    ask: () => Promise.resolve({ ok: false, message: "nobody answers" }),
  };
}

/** Why there is no backend, and what to do to have one. */
export interface NoBackend {
  readonly why: string;
  readonly remedy?: string;
}

/** A backend of this tier that holds on this machine, or why there is none. */
export async function provenBackend({ isolation, backend: wanted }: BenchTier): Promise<Backend | NoBackend> {
  let none: NoBackend = { why: "no backend" };
  const all = defaultBackends().filter((one) => one.isolation === isolation);
  for (const backend of all.filter(({ name }) => wanted === undefined || name === wanted)) {
    const probe = await backend.probe();
    if (probe.ok) return backend;
    none = { why: probe.why, ...(probe.remedy === undefined ? {} : { remedy: probe.remedy }) };
  }
  return none;
}

/** The same, with the images that it needs. */
export async function readyBackend(tier: BenchTier): Promise<Backend | NoBackend> {
  return (await lacksImages(tier)) ?? (await provenBackend(tier));
}

/**
 * Images that a tier needs are built on an engine that was started for this run (scripts/workshop/engines.mjs), and never
 * on somebody's own. Gives why they could not be.
 */
export async function lacksImages({ isolation }: Pick<BenchTier, "isolation">): Promise<NoBackend | undefined> {
  const engines = isolation === "container" || isolation === "gvisor";
  if (!engines || process.env["WRIT_EXPECT_TIERS"] === undefined) return undefined;
  const built = await buildImages();
  return built.ok ? undefined : { why: built.why, remedy: built.remedy };
}
