import type { Backend } from "../backend.js";
import { containerBackend, gvisorBackend } from "./container/container-backend.js";
import type { EngineOptions } from "./container/engine.js";
import { bubblewrap, landlock } from "./process/process-backend.js";
import { wasmBackend } from "./wasm/wasm.js";

/** The backends of this package; of several for one isolation the first that is proven is taken. */
export function defaultBackends(engine?: EngineOptions): readonly Backend[] {
  return [bubblewrap(), landlock(), wasmBackend(), containerBackend({ engine }), gvisorBackend({ engine })];
}
