export { sandboxes, type SandboxesOptions } from "./sandboxes.js";
export { proveMachine } from "./prove-machine.js";
export { NOT_BUILT, type NotBuilt } from "./not-built.js";
export { code, module, type CodeTool, type ModuleTool, type SandboxedTool } from "./tools.js";
export { SandboxError, type SandboxErrorCode } from "./sandbox-error.js";
export type { PoolOptions } from "./pool/options.js";
export { containerBackend, gvisorBackend, type ContainerOptions } from "./backends/container/container-backend.js";
export { bubblewrap, landlock, type ProcessOptions } from "./backends/process/process-backend.js";
export { wasmBackend } from "./backends/wasm/wasm.js";
export { Pool, type PoolCounts } from "./pool/pool.js";
export { defaultBackends } from "./backends/default-backends.js";
export type { Credential } from "./broker/egress/credentials.js";
export type { EdgeOptions } from "./broker/egress/edge.js";
export {
  openTransaction,
  type Kept,
  type Review,
  type Transaction,
  type TransactionOptions,
} from "./workspace/transaction.js";
export { buildImages, type BuiltImages } from "./images/build-images.js";
export type { BuiltImage } from "./images/build.js";
export type { EngineOptions } from "./backends/container/engine.js";
