import type { Approval, Shown } from "@writ/runtime";

/** A call that waits for a person, as the interrupt tells whoever watches the graph. */
export interface AwaitedApproval {
  /** What `guard.approvals.resolve` takes. */
  readonly id: string;
  readonly tool: string;
  /** The arguments, written by Writ from the values that would be used. */
  readonly show: readonly Shown[];
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** Each demand has to be met: so many distinct people of one of these roles. */
  readonly demands: readonly { readonly from: readonly string[]; readonly quorum: number; readonly because?: string }[];
}

/**
 * The value of the guard node's interrupt: every call of the turn that waits. It asks for a wake-up, never for a
 * decision: whatever the graph is resumed with is dropped, and the approvals are looked up again.
 */
export interface ApprovalsInterrupt {
  readonly type: "writ.approvals";
  readonly approvals: readonly AwaitedApproval[];
}

/** Rule names and their places are left out: the one who watches the graph may be the one who is being checked. */
export function approvalsInterrupt(approvals: readonly Approval[]): ApprovalsInterrupt {
  return {
    type: "writ.approvals",
    approvals: approvals.map(({ id, tool, show, expires, demands }) => ({
      id,
      tool,
      show,
      expires,
      demands: demands.map(({ from, quorum, because }) => ({
        from,
        quorum,
        ...(because === undefined ? {} : { because }),
      })),
    })),
  };
}
