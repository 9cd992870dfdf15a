import type { IsolationProof, WalledIsolation } from "@writ/runtime";
import { BACKEND_VERSION, type Backend, type Probe } from "./backend.js";

/** Weakest first; the order of isolation.md. */
export const ISOLATIONS: readonly WalledIsolation[] = ["process", "wasm", "container", "gvisor"];

/** A backend whose walls were tried on this machine and held. */
export interface ProvenBackend {
  readonly backend: Backend;
  readonly proof: Extract<IsolationProof, { ok: true }>;
}

/** What this machine holds. Each backend is tried once; of several for one isolation the first that holds is taken. */
export class Machine {
  readonly #backends: readonly Backend[];
  readonly #probes = new Map<Backend, Promise<Probe>>();
  readonly #proven = new Map<WalledIsolation, ProvenBackend>();
  readonly #missing = new Map<WalledIsolation, Extract<IsolationProof, { ok: false }>>();

  constructor(backends: readonly Backend[]) {
    this.#backends = backends;
  }

  /** Tries these, and where one does not hold those above it, in which its calls may run instead. */
  async prove(isolations: readonly WalledIsolation[]): Promise<readonly IsolationProof[]> {
    const proofs = await Promise.all(isolations.map((isolation) => this.#prove(isolation)));
    const lacking = proofs.filter(({ ok }) => !ok).map(({ isolation }) => ISOLATIONS.indexOf(isolation));
    if (lacking.length > 0)
      await Promise.all(ISOLATIONS.slice(Math.min(...lacking) + 1).map((isolation) => this.#prove(isolation)));
    return proofs;
  }

  proven(isolation: WalledIsolation): ProvenBackend | undefined {
    return this.#proven.get(isolation);
  }

  missing(isolation: WalledIsolation): { readonly why: string; readonly remedy?: string | undefined } {
    return this.#missing.get(isolation) ?? { why: `${isolation} was not proven on this machine` };
  }

  async #prove(isolation: WalledIsolation): Promise<IsolationProof> {
    const known = this.#proven.get(isolation)?.proof ?? this.#missing.get(isolation);
    if (known !== undefined) return known;
    const candidates = this.#backends.filter((backend) => backend.isolation === isolation);
    let failed: Extract<IsolationProof, { ok: false }> | undefined;
    for (const backend of candidates) {
      const probe = await this.#probe(backend);
      if (probe.ok) {
        const { proven, missing } = probe;
        const proof = { isolation, ok: true as const, backend: backend.name, proven, missing };
        this.#proven.set(isolation, { backend, proof });
        return proof;
      }
      const { why, remedy } = probe;
      failed ??= { isolation, ok: false, why: `${backend.name}: ${why}`, ...(remedy === undefined ? {} : { remedy }) };
    }
    failed ??= { isolation, ok: false, why: `no backend for ${isolation}` };
    this.#missing.set(isolation, failed);
    return failed;
  }

  #probe(backend: Backend): Promise<Probe> {
    const probe = this.#probes.get(backend) ?? tried(backend);
    this.#probes.set(backend, probe);
    return probe;
  }
}

/** How long a backend may take to try its walls, in milliseconds. */
const PROBING = 60_000;

/** A backend that fails to try its walls has proven none. */
async function tried(backend: Backend): Promise<Probe> {
  // A backend in JavaScript may say anything of itself.
  const version: unknown = backend.version;
  if (version !== BACKEND_VERSION) return { ok: false, why: `a backend of version ${String(version)}` };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Probe>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, why: `its probe took longer than ${PROBING} ms` }), PROBING);
  });
  try {
    return await Promise.race([backend.probe(), late]);
  } catch (error) {
    return { ok: false, why: `its probe failed: ${error instanceof Error ? error.message : "it did not say how"}` };
  } finally {
    clearTimeout(timer);
  }
}
