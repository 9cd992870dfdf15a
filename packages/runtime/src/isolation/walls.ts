import type { Tier } from "@writ/ir";
import type { Program } from "../evaluate/program.js";
import { Deadlines } from "../faults/deadlines.js";
import type { IsolationProof, Placement, Sandbox, SandboxCall, SandboxEnd, WalledIsolation } from "../ports/sandbox.js";
import { isAsHigh } from "./ranks.js";

/** How long a machine may take to prove its isolations, in milliseconds. */
const PROVING = 120_000;

/** What stands between calls and the host under one policy: nothing of a sandbox is believed that is not checked here. */
export interface Walls {
  readonly proofs: readonly IsolationProof[];
  /** Where a call of this tool runs under this tier; never throws. */
  place(tool: string, tier: Tier): Placement;
  /** Rejects where the run could not be begun. */
  run(call: SandboxCall): Promise<SandboxEnd>;
}

const NO_SANDBOX = "no sandbox is configured; calls that need this tier are refused";

/** A guard without a sandbox. */
export const NO_WALLS: Walls = {
  proofs: [],
  place: () => ({ ok: false, why: NO_SANDBOX }),
  run: () => Promise.reject(new TypeError(NO_SANDBOX)),
};

/** The isolations that the policy's tiers name, and those that a tool with a network of its own needs below them. */
export function isolationsOf(program: Program): readonly WalledIsolation[] {
  const { tiers, tools } = program.bundle;
  const named = new Set<WalledIsolation>();
  for (const { isolate } of tiers) if (isolate !== "inline") named.add(isolate);
  const inline = new Set(tiers.filter(({ isolate }) => isolate === "inline").map(({ name }) => name));
  // The lowest that a network can be held in.
  if (tools.some(({ network, risk }) => network !== undefined && inline.has(risk))) named.add("process");
  return [...named];
}

/** Has the machine prove what the policy needs. It never rejects: what cannot be proven refuses its calls. */
export async function proveWalls(sandbox: Sandbox | undefined, program: Program): Promise<Walls> {
  const needed = isolationsOf(program);
  if (sandbox === undefined || needed.length === 0) return NO_WALLS;
  return {
    proofs: await prove(sandbox, needed),
    place: (tool, tier) => place(sandbox, tool, tier),
    run: async (call) => readEnd(await sandbox.run(call)),
  };
}

async function prove(sandbox: Sandbox, needed: readonly WalledIsolation[]): Promise<readonly IsolationProof[]> {
  const failed = (why: string): readonly IsolationProof[] =>
    needed.map((isolation) => ({ isolation, ok: false, why: `the sandbox could not prove it: ${why}` }));
  try {
    const deadline = new Deadlines(PROVING);
    const found: unknown = await deadline.within(
      () => sandbox.prove(needed),
      (why) => new Error(why),
    );
    if (!Array.isArray(found)) return failed("it gave no answer");
    const proofs: readonly IsolationProof[] = found;
    return needed.map(
      (isolation) =>
        proofs.find((proof) => proof.isolation === isolation) ?? { isolation, ok: false, why: "nothing was proven" },
    );
  } catch (error) {
    return failed(error instanceof Error ? error.message : "it did not say how");
  }
}

function place(sandbox: Sandbox, tool: string, tier: Tier): Placement {
  try {
    const found: Placement = sandbox.place(tool, tier);
    if (!found.ok) return { ok: false, why: words(found.why), remedy: found.remedy };
    if (!isAsHigh(found.isolation, tier.isolate))
      return { ok: false, why: `the sandbox would run it in ${found.isolation}, which is weaker than ${tier.isolate}` };
    const { isolation, backend, proven } = found;
    return { ok: true, isolation, backend: words(backend), proven: proven.map(words) };
  } catch {
    return { ok: false, why: "the sandbox could not say where the call would run" };
  }
}

/** An end of a shape that nobody knows is a failure. */
function readEnd(end: SandboxEnd): SandboxEnd {
  switch (end?.status) {
    case "done":
      return end;
    case "failed":
    case "timeout":
    case "aborted": {
      const kind = words(end.kind);
      return {
        status: end.status,
        error: words(end.error).slice(0, 2000),
        kind: /^[A-Za-z_ ]{1,64}$/.test(kind) ? kind : "sandbox",
      };
    }
    default:
      return { status: "failed", error: "the sandbox gave an end that is none", kind: "sandbox" };
  }
}

/** A sandbox in JavaScript may hand over anything. */
function words(given: unknown): string {
  return typeof given === "string" ? given : `<${typeof given}>`;
}
