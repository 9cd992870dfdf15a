/** Writ for LangGraph: a guard node in place of the tool node. */
export { guardNode, type GuardNodeOptions, type NodeIdentity } from "./guard-node.js";
export type { ApprovalsInterrupt, AwaitedApproval } from "./approvals-interrupt.js";
export type { Own, Said, Saying } from "./prompt.js";
