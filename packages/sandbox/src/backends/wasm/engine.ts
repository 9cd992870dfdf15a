import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { PAGE, withMemoryMaximum } from "./memory-maximum.js";

/** Compiled WebAssembly: a value to be handed on. Neither the language's own types nor Node's name it. */
export interface CompiledModule {
  readonly __compiled?: never;
}

declare const WebAssembly: { compile(bytes: Uint8Array): Promise<CompiledModule> };

/** What every instance is made from, compiled once: code only, nothing that a program leaves in one is in the next. */
export interface Engine {
  readonly module: CompiledModule;
  readonly extensions: readonly { readonly name: string; readonly wasm: CompiledModule }[];
  /** Scripts that every instance evaluates first. */
  readonly world: string;
  readonly driver: string;
}

/** What QuickJS lacks and modules commonly use; each is WebAssembly in the same memory. */
const EXTENSIONS = ["encoding", "url", "headers", "structured-clone", "crypto"] as const;

const GUEST = new URL("../../../guest/", import.meta.url);

/** Reads and compiles the engine; one module a memory limit, since the limit stands in the module. */
export class EngineSource {
  #parts: Promise<Parts> | undefined;
  readonly #modules = new Map<number, Promise<CompiledModule>>();

  /** @param memory bytes that an instance may have. Rejects where the engine is not installed, or cannot be read. */
  async engine(memory: number): Promise<Engine> {
    this.#parts ??= load();
    const { binary, ...parts } = await this.#parts;
    const pages = Math.floor(memory / PAGE);
    let module = this.#modules.get(pages);
    if (module === undefined) {
      module = WebAssembly.compile(withMemoryMaximum(binary, pages));
      module.catch(() => this.#modules.delete(pages));
      if (this.#modules.size >= 32) this.#modules.clear();
      this.#modules.set(pages, module);
    }
    return { module: await module, ...parts };
  }
}

interface Parts {
  readonly binary: Buffer;
  readonly extensions: Engine["extensions"];
  readonly world: string;
  readonly driver: string;
}

async function load(): Promise<Parts> {
  const { resolve } = createRequire(import.meta.url);
  const [binary, world, driver, extensions] = await Promise.all([
    readFile(resolve("quickjs-wasi/quickjs.wasm")),
    readFile(new URL("world.js", GUEST), "utf8"),
    readFile(new URL("quickjs-driver.js", GUEST), "utf8"),
    Promise.all(
      EXTENSIONS.map(async (name) => ({
        name,
        wasm: await WebAssembly.compile(await readFile(resolve(`quickjs-wasi/${name}.so`))),
      })),
    ),
  ]);
  return { binary, world, driver, extensions };
}

/** The worker that holds an instance. */
export const WORKER = new URL("wasm-worker.js", GUEST);
