import type { Attempt, CallContext } from "./context.js";
import { common, recordRefusal, refused, Stop } from "./ends.js";
import { appendIntent, intent } from "./record.js";
import type { Approval } from "../approvals/approval.js";
import { isRemembered, type Remembering } from "../approvals/remember.js";
import { REFUSALS, waitingForModel } from "../messages.js";

/** A granted approval, to be used once. */
export interface Grant {
  readonly approval: Approval;
  readonly version: number;
}

/** What a person agreed to: now, or before and for other calls too. */
export type Agreement = Grant | "remembered";

/** The same; undefined where nobody had to agree. */
export type Agreed = Agreement | undefined;

/**
 * Asks a person. A call that has to wait ends here, and is made again once it is granted. Nothing but an agreement is ever
 * given: whatever else comes of asking throws.
 */
export async function askPerson(context: CallContext, attempt: Attempt): Promise<Agreement> {
  const { verdict, call } = attempt;
  if (await isRemembered(remembering(context), verdict)) return "remembered";
  const args = verdict.args ?? null;
  const standing = await context.approvals.standing(verdict, {
    tool: call.tool,
    args,
    identity: context.identity,
    session: context.shared,
    call: attempt.id,
  });
  switch (standing.kind) {
    case "granted":
      return { approval: standing.approval, version: standing.version };
    case "waiting": {
      const message = waitingForModel(verdict);
      if (standing.created)
        await appendIntent(
          context,
          attempt,
          intent(context, attempt, { effect: "ask", message, approval: standing.approval.id }),
          false,
        );
      throw new Stop({ status: "waiting", ...common(context, attempt), message, approval: standing.approval });
    }
    case "rejected":
      await recordRefusal(context, attempt, REFUSALS.rejected, { by: "approval", kind: "rejected" });
      throw refused(
        context,
        attempt,
        "rejected",
        REFUSALS.rejected,
        `rejected by ${standing.approval.votes
          .filter((vote) => !vote.grant)
          .map((vote) => vote.by)
          .join(", ")}`,
      );
    case "revoked":
      await recordRefusal(context, attempt, REFUSALS.revoked, { by: "approval", kind: "revoked" });
      throw refused(context, attempt, "rejected", REFUSALS.revoked, "the approval was taken back");
    case "expired":
      await recordRefusal(context, attempt, REFUSALS.expired, { by: "approval", kind: "expired" });
      throw refused(context, attempt, "expired", REFUSALS.expired, "nobody with the role agreed in time");
    case "too_many":
      await recordRefusal(context, attempt, REFUSALS.tooManyWaiting, { by: "approval", kind: "too_many" });
      throw refused(context, attempt, "overload", REFUSALS.tooManyWaiting, "the session has its cap of waiting calls");
    default:
      throw new TypeError("an approval stands in no way that is known"); // an incident, and no call
  }
}

export function remembering({ program, state, shared, identity, clock }: CallContext): Remembering {
  return { program, state, session: shared, user: identity.user["id"] ?? null, now: clock.now() };
}
