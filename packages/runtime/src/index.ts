/**
 * The runtime: one path that every tool call takes, from the model's arguments to the recorded outcome. Nothing here
 * imports `node:*`; the file log and the file store are on the entry `@writ/runtime/node`.
 */
export type { DelegateOptions } from "./delegation/delegate.js";
export type { Decision, Json } from "@writ/ir";
export type { Approval, ApprovalStatus, Demanded, Proof, Shown, Vote } from "./approvals/approval.js";
export type {
  Approvals,
  Approver,
  Resolution,
  ResolutionFault,
  Revocation,
  Whose,
  Word,
} from "./approvals/approvals.js";
export type { RememberedGrant } from "./approvals/remembered.js";
export type { ChangedLine, ViewPart } from "./approvals/view/part.js";
export type { Preview, PreviewAnswer } from "./approvals/view/preview.js";
export { approvalText } from "./approvals/view/text.js";
export { visible } from "./approvals/view/visible.js";
export { AuditError, type AuditErrorCode } from "./audit/audit-error.js";
export { memoryAudit } from "./audit/memory-audit.js";
export type {
  ApprovalRecord,
  IncidentRecord,
  IntentRecord,
  OutcomeRecord,
  PolicyRecord,
  RecordBody,
  RecordedReason,
  SessionRecord,
  StoredRecord,
} from "./audit/record.js";
export { loadDetector } from "./detect/builtin.js";
export type { Detector, Finding } from "./detect/detector.js";
export { GuardError, type GuardErrorCode } from "./errors.js";
export type { Program, ToolProgram } from "./evaluate/program.js";
export type { ExplainedAtom, ExplainedRule, Explanation } from "./explain/explain-call.js";
export type { Change, Nearest } from "./explain/nearest.js";
export type { Speaker } from "./flow/memory-event.js";
export type { EnforceOptions, Unavailable } from "./enforce/enforced.js";
export { createGuard } from "./create-guard.js";
export type { Guard, GuardOptions } from "./guard.js";
export { awaitedApproval, type AwaitedApproval } from "./hosts/awaited-approval.js";
export { hostSession, orUnable, type HostIdentity, type Unable } from "./hosts/host-session.js";
export type { PromptPart } from "./hosts/model-message.js";
export { jsonResults, lastPart } from "./hosts/json-results.js";
export {
  handedAnswer,
  handedMessage,
  heardMessage,
  hearPrompt,
  tookCall,
  type Own,
  type Said,
  type Saying,
} from "./hosts/prompt.js";
export { ToolCallError } from "./hosts/tool-call-error.js";
export type { SessionOptions } from "./identity/identify.js";
export type { PolicySource } from "./enforce/read-bundle.js";
export type { Claims, IdentityVerifier, Verification, VerificationFault } from "./identity/verifier.js";
export type { BreakerOptions } from "./gate/breaker.js";
export type { Stopped, StopOrder, StopTarget } from "./gate/stop-order.js";
export type { FactFunction } from "./call/inquiry.js";
export type { Observed, Observer } from "./observe.js";
export type { JournalRetention } from "./call/journal.js";
export { loadProgram } from "./enforce/load-program.js";
export type { Checked, FailureCause, Outcome, RefusalCause } from "./outcome.js";
export type { Execute, HostPort, ToolCall } from "./port.js";
export type { AppendOptions, Appended, AuditSink, DoubtfulCall } from "./ports/audit-sink.js";
export { systemClock, type Clock } from "./ports/clock.js";
export type {
  CallMount,
  CallTier,
  IsolationProof,
  Nested,
  NestedCall,
  NestedOutcome,
  Placement,
  Sandbox,
  SandboxCall,
  SandboxEnd,
  WalledIsolation,
  WorkspaceChange,
} from "./ports/sandbox.js";
export type { LimitClaim, Listed, LogPart, Reservation, StateStore, Takes, Versioned } from "./ports/state-store.js";
export type { Session } from "./session.js";
export type { Irreversible, Undoable, Undone, UndoOptions, UndoPlan } from "./undo.js";
export { toolPin, type HostTool } from "./tools/host-tool.js";
export { settleCall } from "./settle/settle-call.js";
export type { Settlement } from "./settle/settle.js";
export { memoryStore } from "./state/memory-store.js";
export { StateError } from "./state/state-error.js";
