/** What is read when a guard is started or a policy loaded, and not when the package is imported: one module, so that it is few files. */
export { loadProgram } from "./evaluate/program.js";
export { createGuard } from "./guard.js";
export { settleCall } from "./settle/settle.js";
