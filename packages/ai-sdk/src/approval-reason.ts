import { awaitedApproval, type Approval, type AwaitedApproval } from "@writ/runtime";

const TYPE = "writ.approval";

/** What an approval request says, for whoever draws the chat. */
export function approvalReason(approval: Approval): string {
  return JSON.stringify({ type: TYPE, ...awaitedApproval(approval) });
}

/**
 * The approval that a request's reason tells of (`part.approval.requestReason` of a UI message); undefined where it tells of
 * none. It is for showing: what is agreed to is what the guard holds under this id.
 */
export function readApproval(reason: string | undefined): AwaitedApproval | undefined {
  if (reason === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(reason);
    return isAwaited(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isAwaited(read: unknown): read is AwaitedApproval {
  if (typeof read !== "object" || read === null || Reflect.get(read, "type") !== TYPE) return false;
  const [id, tool, expires]: unknown[] = ["id", "tool", "expires"].map((key): unknown => Reflect.get(read, key));
  return (
    typeof id === "string" &&
    typeof tool === "string" &&
    typeof expires === "number" &&
    Array.isArray(Reflect.get(read, "show")) &&
    Array.isArray(Reflect.get(read, "demands"))
  );
}
