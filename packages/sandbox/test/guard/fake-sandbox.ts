import type { Bundle } from "@writ/ir";
import { compile, memoryHost } from "@writ/policy";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type Guard,
  type IsolationProof,
  type Sandbox,
  type SandboxCall,
  type SandboxEnd,
  type Session,
} from "@writ/runtime";

/** A sandbox whose walls are said, so that what the runtime makes of a sandbox is tried alone. */
export function fakeSandbox(made: {
  readonly holds: readonly string[];
  readonly run?: (call: SandboxCall) => Promise<SandboxEnd>;
  readonly place?: Sandbox["place"];
}): Sandbox & { readonly calls: SandboxCall[] } {
  const calls: SandboxCall[] = [];
  return {
    calls,
    prove: (isolations) =>
      Promise.resolve(
        isolations.map((isolation): IsolationProof =>
          made.holds.includes(isolation)
            ? { isolation, ok: true, backend: `fake-${isolation}`, proven: ["no-network"], missing: [] }
            : { isolation, ok: false, why: "its engine is not there", remedy: "apt-get install engine" },
        ),
      ),
    place:
      made.place ??
      ((_, tier) => {
        const isolation = tier.isolate === "inline" ? "process" : tier.isolate;
        return made.holds.includes(isolation)
          ? { ok: true, isolation, backend: `fake-${isolation}`, proven: ["no-network"] }
          : { ok: false, why: "its engine is not there", remedy: "apt-get install engine" };
      }),
    run: async (call) => {
      calls.push(call);
      return (await made.run?.(call)) ?? { status: "done", result: { ran: call.tool } };
    },
    close: () => Promise.resolve(),
  };
}

export interface Bench {
  readonly guard: Guard;
  readonly session: Session;
  readonly audit: ReturnType<typeof memoryAudit>;
}

export async function bundleOf(text: string): Promise<Bundle> {
  const { bundle, diagnostics } = await compile("test.policy", memoryHost({ "test.policy": text }));
  if (bundle === undefined) throw new Error(JSON.stringify(diagnostics, undefined, 1));
  return bundle;
}

export async function benchWith(text: string, sandbox: Sandbox | undefined): Promise<Bench> {
  const audit = memoryAudit();
  const guard = await createGuard({
    policy: await bundleOf(text),
    audit,
    state: memoryStore(),
    ...(sandbox === undefined ? {} : { sandbox }),
  });
  const session = await guard.session({ user: { id: "ann" }, agent: { id: "a" } });
  return { guard, session, audit };
}
