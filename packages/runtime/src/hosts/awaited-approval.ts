import type { Approval, Shown } from "../approvals/approval.js";

/** A call that waits for a person, as a host's own pause carries it to whoever watches. */
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

/** Rule names and their places are left out: the one who watches may be the one who is being checked. */
export function awaitedApproval({ id, tool, show, expires, demands }: Approval): AwaitedApproval {
  return {
    id,
    tool,
    show,
    expires,
    demands: demands.map(({ from, quorum, because }) => ({
      from,
      quorum,
      ...(because === undefined ? {} : { because }),
    })),
  };
}
