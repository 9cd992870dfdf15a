import type { Json } from "@writ/ir";
import type { CallMount, Nested, SandboxEnd, WorkspaceChange } from "@writ/runtime";
import type { FileMount } from "../broker/files/scope.js";
import { openTransaction, type Review, type Transaction, type TransactionOptions } from "./transaction.js";

/** The tool as which the changes of a call are asked of the policy. */
export const KEEP = "workspace.keep";

/** The folders of a call that it may write, as copies. */
export interface Copies {
  /** What the call sees: copies in place of the folders that it may write. */
  readonly mounts: readonly FileMount[];
  /**
   * Ends the copies when nothing runs in them any more. What a run that is done changed is asked of the policy as a nested
   * call `workspace.keep`, and kept where that is granted; else the changes are dropped, and the call has failed: its
   * result would tell of what did not happen.
   */
  settle(end: SandboxEnd, nested: Nested, signal: AbortSignal): Promise<SandboxEnd>;
  /** Drops what was not settled. It never rejects. */
  drop(): Promise<void>;
}

/** Opens a transaction on every folder that may be written. Rejects where one cannot be; then none is. */
export async function openCopies(
  mounts: readonly CallMount[],
  options: Omit<TransactionOptions, "hidden">,
): Promise<Copies> {
  const open: Transaction[] = [];
  const drop = async (): Promise<void> => {
    for (const one of open) await one.drop().catch(() => undefined);
  };
  const shown: FileMount[] = [];
  try {
    for (const { path, mode, hidden } of mounts) {
      if (mode === "read") {
        shown.push({ path, mode, hidden });
        continue;
      }
      const transaction = await openTransaction(path, { ...options, hidden });
      open.push(transaction);
      shown.push({ path, mode, hidden, from: transaction.view });
    }
  } catch (error) {
    await drop();
    throw error;
  }
  return {
    mounts: shown,
    drop,
    settle: async (end, nested, signal) => {
      const settled = end.status === "done" ? await settle(end.result, open, nested, signal) : end;
      await drop();
      return settled;
    },
  };
}

async function settle(
  result: unknown,
  open: readonly Transaction[],
  nested: Nested,
  signal: AbortSignal,
): Promise<SandboxEnd> {
  const changed: { readonly transaction: Transaction; readonly review: Review }[] = [];
  for (const transaction of open) {
    const review = await transaction.review();
    if (review.refused !== undefined) return unkept(review.refused);
    if (review.changes.length > 0) changed.push({ transaction, review });
  }
  const changes = changed.flatMap(({ review }) => review.changes);
  if (changes.length === 0) return { status: "done", result, changes };
  const args = argsOf(changed.map(({ review }) => review));
  let why: string | undefined;
  const outcome = await nested({ tool: KEEP, args }, async (decided, aborted) => {
    if (signal.aborted || aborted.aborted) why = "the call was aborted";
    else why = digestIn(decided) === args.digest ? await keepAll(changed) : "it was decided for other changes";
    if (why !== undefined) throw new Error(why);
    return null;
  });
  return outcome.ok ? { status: "done", result, changes } : unkept(why ?? outcome.message);
}

/** One folder after the other: of several, each is kept as one. */
async function keepAll(changed: readonly { readonly transaction: Transaction }[]): Promise<string | undefined> {
  const done: string[] = [];
  for (const { transaction } of changed) {
    const kept = await transaction.keep();
    if (!kept.ok)
      return done.length === 0 ? kept.why : `${kept.why}; the changes in ${done.join(", ")} were kept before`;
    done.push(transaction.root);
  }
  return undefined;
}

function unkept(why: string): SandboxEnd {
  return { status: "failed", error: `its changes were not kept: ${why}`.slice(0, 2000), kind: "workspace" };
}

/** What a policy decides on, an approver is shown and the record holds. */
function argsOf(reviews: readonly Review[]): {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly diff: string;
  readonly digest: string;
} & Json {
  const of = (kind: WorkspaceChange["change"]): readonly string[] =>
    reviews.flatMap(({ changes }) => changes.flatMap(({ path, change }) => (change === kind ? [path] : [])));
  return {
    added: of("added"),
    changed: of("changed"),
    removed: of("removed"),
    diff: reviews.map(({ diff }) => diff).join(""),
    digest: reviews.map(({ digest }) => digest).join(" "),
  };
}

function digestIn(args: Json): unknown {
  return typeof args === "object" && args !== null && !Array.isArray(args) ? Reflect.get(args, "digest") : undefined;
}
