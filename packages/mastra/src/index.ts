/** Writ for Mastra: guarded tools, the net of an agent, and a guard step for workflows. */
export { assertGuarded, type AgentLike } from "./assert-guarded.js";
export { guardHooks } from "./guard-hooks.js";
export type { Message } from "./guard-call.js";
export { guardStep, type GuardStepOptions } from "./guard-step.js";
export { guardTools, type GuardToolsOptions } from "./guard-tools.js";
export { offeredTools } from "./offered-tools.js";
export type { ApprovalPause } from "./pause.js";
export type { Caller } from "./place.js";
export type { Identify, Identity } from "./identity.js";
