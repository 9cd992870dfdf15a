const ms = 1e6;

const POOLED = "from a pool of 8, one call at a time, single use";
const REFILL = "four callers who never stop; divided by the cores";

/** What a call pays for its sandbox, and what gets out of it. */
export const ISOLATION_TARGETS = [
  pooled("process", "process", "median", 1),
  pooled("process-p99", "process", "p99", 5),
  pooled("wasm", "wasm", "median", 1),
  pooled("wasm-p99", "wasm", "p99", 5),
  pooled("container", "container", "median", 1.5),
  pooled("container-p99", "container", "p99", 5),
  pooled("gvisor", "gVisor", "median", 3),
  pooled("gvisor-p99", "gVisor", "p99", 8),
  {
    id: "isolation.python-cold",
    area: "Isolation",
    words: "Python in the process box, cold, median",
    unit: "time",
    sense: "most",
    limit: 20 * ms,
    suite: "isolation",
    how: "a sandbox started for the call, up to its answer",
  },
  {
    id: "isolation.python",
    area: "Isolation",
    words: "Python in the process box, from the pool, median",
    unit: "time",
    sense: "most",
    limit: 2 * ms,
    suite: "isolation",
    how: POOLED,
  },
  {
    id: "isolation.ebpf",
    area: "Isolation",
    words: "eBPF egress filter, added to a call",
    unit: "time",
    sense: "most",
    limit: 0.1 * ms,
    how: "not built: sandboxes have no network but the broker's, which is what holds",
  },
  refill("process-refill", "process"),
  refill("wasm-refill", "wasm"),
  refill("container-refill", "container"),
  refill("gvisor-refill", "gVisor"),
  {
    id: "isolation.soak",
    area: "Isolation",
    words: "kinds of things that grew in a soak of 10 minutes",
    unit: "count",
    sense: "most",
    limit: 0,
    suite: "soak",
    how: "processes, descriptors, control groups, mounts, files, memory, counted when nothing runs; run by name",
  },
  {
    id: "isolation.escapes",
    area: "Isolation",
    words: "attacks of the escape list not stopped, or not ended as they must, by a tier that claims it",
    unit: "count",
    sense: "most",
    limit: 0,
    suite: "escapes",
    how: "the list is run in every tier that holds on this machine, in every language that the tier runs",
  },
] as const;

function pooled<Name extends string>(id: Name, tier: string, of: "median" | "p99", limit: number) {
  return {
    id: `isolation.${id}`,
    area: "Isolation",
    words: `${tier}: warm call, ${of}`,
    unit: "time",
    sense: "most",
    limit: limit * ms,
    suite: "isolation",
    how: POOLED,
  } as const;
}

function refill<Name extends string>(id: Name, tier: string) {
  return {
    id: `isolation.${id}`,
    area: "Isolation",
    words: `${tier}: calls a second a core, sustained`,
    unit: "rate",
    sense: "least",
    limit: 100,
    suite: "isolation",
    how: REFILL,
  } as const;
}
