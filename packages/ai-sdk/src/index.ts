/** Writ for the AI SDK: guarded tools, and the approval that pauses for a person. */
export { readApproval } from "./approval-reason.js";
export { assertGuarded } from "./assert-guarded.js";
export { bindTools, offeredTools } from "./bind-tools.js";
export { guardApproval, type ApprovalAnswer, type ApprovalQuestion } from "./guard-approval.js";
export { guardTools, type GuardToolsOptions } from "./guard-tools.js";
