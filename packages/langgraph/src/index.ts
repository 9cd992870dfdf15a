/** Writ for LangGraph: a guard node in place of the tool node, and tools that are guarded wherever they run. */
export { guardNode, type GuardNodeOptions } from "./guard-node.js";
export { CallRefused, guardTools } from "./guard-tools.js";
export { assertGuarded } from "./assert-guarded.js";
export type { ToolLike } from "./bound.js";
export { delegated, type Identify, type NodeIdentity } from "./identity.js";
export type { GuardedOptions } from "./guarded-calls.js";
export type { ApprovalsInterrupt } from "./approvals-interrupt.js";
export type { Saying } from "./prompt.js";
export type { AwaitedApproval, Own, Said } from "@writ/runtime";
