import { awaitedApproval, type Approval, type AwaitedApproval } from "@writ/runtime";

/**
 * The value of the guard node's interrupt: every call of the turn that waits. It asks for a wake-up, never for a
 * decision: whatever the graph is resumed with is dropped, and the approvals are looked up again.
 */
export interface ApprovalsInterrupt {
  readonly type: "writ.approvals";
  readonly approvals: readonly AwaitedApproval[];
}

export function approvalsInterrupt(approvals: readonly Approval[]): ApprovalsInterrupt {
  return { type: "writ.approvals", approvals: approvals.map((approval) => awaitedApproval(approval)) };
}
