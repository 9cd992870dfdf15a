import type { Tier } from "@writ/ir";
import type { Sandbox, SandboxCall, SandboxEnd } from "@writ/runtime";
import type { Backend, Program } from "./backend.js";
import { defaultBackends } from "./backends/default-backends.js";
import type { EngineOptions } from "./backends/container/engine.js";
import { createBroker } from "./broker/broker.js";
import { createEdge, type Edge, type EdgeOptions } from "./broker/egress/edge.js";
import type { FileMount } from "./broker/files/scope.js";
import { bundleModule, type Bundle } from "./bundle.js";
import { endOf } from "./end-of.js";
import { Machine, type ProvenBackend } from "./machine.js";
import { kindOf, placeTool } from "./placement.js";
import type { PoolOptions } from "./pool/options.js";
import { Pool } from "./pool/pool.js";
import { limitsOf, profileOf } from "./profile-of.js";
import { SandboxError } from "./sandbox-error.js";
import type { ModuleTool, SandboxedTool } from "./tools.js";
import { openCopies } from "./workspace/copies.js";
import type { TransactionOptions } from "./workspace/transaction.js";

export interface SandboxesOptions extends EdgeOptions {
  /** How each tool is run behind walls, by the policy's name of it. A tool that is not here runs inline or not at all. */
  readonly tools?: { readonly [tool: string]: SandboxedTool };
  /** How many sandboxes are kept ready, and how many there are at most. */
  readonly pool?: PoolOptions;
  /**
   * Given, a call that may write folders of the host writes copies of them. What it changed is asked of the policy as a
   * nested call of `workspace.keep` with the paths and the diff, and is kept as one or dropped. Unsaid, it writes the folders.
   */
  readonly workspaces?: Omit<TransactionOptions, "hidden"> | undefined;
  /** Where the container engine is; else it is looked for in DOCKER_HOST and the usual places. */
  readonly engine?: EngineOptions;
  /** Other backends than those of this package; of several for one isolation the first that is proven is taken. */
  readonly backends?: readonly Backend[];
}

/**
 * Isolation for a guard: `createGuard({ sandbox: sandboxes({ tools }) })`. Nothing is started before a policy asks for it;
 * a tier whose walls do not hold on this machine refuses its calls. Throws a {@link SandboxError} `bad_option`.
 */
export function sandboxes(options: SandboxesOptions = {}): Sandbox {
  const { tools = {}, backends, engine, pool, workspaces, ...edge } = options;
  return new Sandboxes(
    new Map(Object.entries(tools)),
    createEdge(edge),
    backends ?? defaultBackends(engine),
    new Pool(pool),
    workspaces,
  );
}

class Sandboxes implements Sandbox {
  readonly #tools: ReadonlyMap<string, SandboxedTool>;
  readonly #edge: Edge;
  readonly #backends: readonly Backend[];
  readonly #machine: Machine;
  readonly #pool: Pool;
  readonly #workspaces: SandboxesOptions["workspaces"];
  readonly #bundles = new Map<ModuleTool, Promise<Bundle>>();
  /** Tools whose module cannot be bundled, and why. */
  readonly #unbundled = new Map<string, string>();

  constructor(
    tools: ReadonlyMap<string, SandboxedTool>,
    edge: Edge,
    backends: readonly Backend[],
    pool: Pool,
    workspaces: SandboxesOptions["workspaces"],
  ) {
    this.#tools = tools;
    this.#edge = edge;
    this.#backends = backends;
    this.#machine = new Machine(backends);
    this.#pool = pool;
    this.#workspaces = workspaces;
  }

  /** Modules are bundled here too, so that what is wrong with one shows when the guard starts. */
  prove: Sandbox["prove"] = async (isolations) => {
    const [proofs] = await Promise.all([this.#machine.prove(isolations), this.#bundleAll()]);
    return proofs;
  };

  place(name: string, tier: Tier): ReturnType<Sandbox["place"]> {
    const unbundled = this.#unbundled.get(name);
    if (unbundled !== undefined) return { ok: false, why: unbundled };
    return placeTool(this.#machine, name, this.#tools.get(name), tier.isolate);
  }

  async run(call: SandboxCall): Promise<SandboxEnd> {
    const tool = this.#tools.get(call.tool);
    const proven = this.#machine.proven(call.isolation);
    if (tool === undefined) throw new SandboxError("not_registered", `no sandboxed tool ${call.tool}`);
    if (proven === undefined) throw new SandboxError("not_proven", `${call.isolation} was not proven on this machine`);
    const program = await this.#programOf(tool, call);
    const copies = this.#workspaces === undefined ? undefined : await openCopies(call.tier.mounts, this.#workspaces);
    try {
      const end = await this.#runOn(copies?.mounts ?? call.tier.mounts, proven, tool, program, call);
      return copies === undefined ? end : await copies.settle(end, call.nested, call.signal);
    } finally {
      await copies?.drop();
    }
  }

  async #runOn(
    mounts: readonly FileMount[],
    { backend }: ProvenBackend,
    tool: SandboxedTool,
    program: Program,
    call: SandboxCall,
  ): Promise<SandboxEnd> {
    const { read, write, network } = call.tier;
    const profile = await profileOf(backend, kindOf(tool), { ...call.tier, mounts }, process.env);
    const instance = await this.#pool.take(backend, profile, call.signal);
    const { nested, signal } = call;
    const broker = createBroker({ mounts, read, write, network, edge: this.#edge, nested, signal });
    const { ask } = broker;
    try {
      return endOf(
        await instance.run({ program, args: call.args, limits: limitsOf(call.tier), signal: call.signal, ask }),
      );
    } finally {
      const gone = instance.stop();
      // A program that does not wait for what it asked for gets none of it afterwards.
      await broker.end();
      // What could still write to a folder of the host is gone before the call is over; else nobody waits for the end.
      if (mounts.some(({ mode }) => mode === "write")) await gone;
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
    await Promise.all(this.#backends.map((backend) => backend.close()));
  }

  async #programOf(tool: SandboxedTool, { args }: SandboxCall): Promise<Program> {
    if (tool.kind === "module") {
      const { source, export: name } = await this.#bundled(tool);
      return { kind: "module", source, export: name };
    }
    const source: unknown = typeof args === "object" && args !== null ? Reflect.get(args, tool.argument) : undefined;
    if (typeof source !== "string")
      throw new SandboxError("bad_value", `the argument ${tool.argument} is the program, and it is no text`);
    return { kind: tool.language, source };
  }

  async #bundleAll(): Promise<void> {
    for (const [name, tool] of this.#tools) {
      if (tool.kind !== "module") continue;
      try {
        await this.#bundled(tool);
        this.#unbundled.delete(name);
      } catch (error) {
        this.#bundles.delete(tool);
        this.#unbundled.set(name, error instanceof Error ? error.message : "its module cannot be bundled");
      }
    }
  }

  #bundled(tool: ModuleTool): Promise<Bundle> {
    const bundle = this.#bundles.get(tool) ?? bundleModule(tool);
    this.#bundles.set(tool, bundle);
    return bundle;
  }
}
