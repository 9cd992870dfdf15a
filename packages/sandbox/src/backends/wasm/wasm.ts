import {
  BACKEND_VERSION,
  type Backend,
  type Job,
  type Probe,
  type Profile,
  type SandboxInstance,
} from "../../backend.js";
import { Conversation } from "../../protocol/conversation.js";
import { SandboxError } from "../../sandbox-error.js";
import { EngineSource } from "./engine.js";
import { PAGE } from "./memory-maximum.js";
import { probeWasm } from "./probe.js";
import { WorkerLink } from "./worker-link.js";

/** The least and the most an instance can have. */
const LEAST_MEMORY = 8 * 1024 * 1024;
const MOST_MEMORY = 4 * 1024 * 1024 * 1024 - PAGE;
const BOOT_MS = 20_000;

let last = 0;

/**
 * JavaScript in a QuickJS of its own, compiled to WebAssembly: a fresh instance a run, in a worker thread that is ended
 * after it. It has no files, environment, processes or network: what is inside asks, and the host answers.
 */
export function wasmBackend(): Backend {
  const source = new EngineSource();
  let probed: Promise<Probe> | undefined;
  const backend: Backend = {
    version: BACKEND_VERSION,
    name: "quickjs",
    isolation: "wasm",
    capabilities: { programs: ["module", "javascript"], mounts: false },
    probe: () => (probed ??= probeWasm(backend)),
    start: (profile) => start(source, profile),
    close: () => Promise.resolve(),
  };
  return backend;
}

async function start(source: EngineSource, profile: Profile): Promise<SandboxInstance> {
  refuseWhatItLacks(profile);
  const begun = performance.now();
  let link: WorkerLink;
  try {
    const engine = await source.engine(profile.limits.memory);
    // The protocol's own overhead is the host's to count: what is over it by then is refused there.
    link = new WorkerLink(engine, { memory: profile.limits.memory, most: profile.limits.output + 64 * 1024 });
  } catch (error) {
    if (error instanceof SandboxError) throw error;
    throw new SandboxError(
      "boot_failed",
      `QuickJS does not start: ${error instanceof Error ? error.message : "unknown"}`,
    );
  }
  const conversation = new Conversation(link, profile.limits.output);
  const late = setTimeout(() => link.kill(), BOOT_MS);
  try {
    await conversation.hello;
  } catch (error) {
    await link.stop();
    throw error;
  } finally {
    clearTimeout(late);
  }
  link.ready();
  link.hold(false);
  last += 1;
  return {
    id: `quickjs-${last}`,
    bootMs: performance.now() - begun,
    gone: conversation.gone,
    run: async (job: Job) => {
      const end = conversation.run(job);
      link.hold(true);
      return await end;
    },
    stop: () => link.stop(),
  };
}

/** What a profile asks and an instance cannot have is refused, not left out. */
function refuseWhatItLacks({ program, limits, mounts, env }: Profile): void {
  if (program !== "module" && program !== "javascript")
    throw new SandboxError("bad_option", `wasm runs JavaScript, not ${program}`);
  if (mounts.length > 0)
    throw new SandboxError("bad_option", "wasm has no mounts: files are reached through the broker");
  if (Object.keys(env).length > 0) throw new SandboxError("bad_option", "wasm has no environment");
  if (!(limits.cpu >= 1))
    throw new SandboxError("bad_option", `wasm uses up to one core and cannot be held to ${limits.cpu} of one`);
  if (!(limits.memory >= LEAST_MEMORY && limits.memory <= MOST_MEMORY))
    throw new SandboxError("bad_option", `wasm has from ${LEAST_MEMORY} to ${MOST_MEMORY} bytes of memory`);
}
