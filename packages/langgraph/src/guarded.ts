/** What an adapter of a framework that runs on LangGraph is made of. For adapters: it may change with any version. */
export { look, type Found } from "./assert-guarded.js";
export { isGuarded } from "./bound.js";
export { guardLate } from "./guard-tools.js";
export { GuardedCalls, type GuardedOptions } from "./guarded-calls.js";
export { sessionOf } from "./identity.js";
export { refuseProviderTool } from "./provider-tools.js";
export { readTurn } from "./to-request.js";
export type { Output } from "./tool-output.js";
