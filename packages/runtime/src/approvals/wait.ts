import type { Approval } from "./approval.js";
import type { Ledger } from "./ledger.js";
import type { Found } from "./shelf.js";

/** How often the store is asked for what another process decided, in milliseconds. */
const LOOK_EVERY = 500;

/**
 * What an approval has come to: waits while it is pending, in time, and nobody has had enough of waiting. A store that
 * fails in between is asked again; once its time is over it is expired, whatever the store would say. Nothing but a grant
 * that stands in the store comes out as one.
 */
export async function waitFor(
  ledger: Ledger,
  id: string,
  enough: () => boolean,
  signal: AbortSignal | undefined,
): Promise<Approval | undefined> {
  let found = await ledger.shelf.byId(id);
  for (;;) {
    if (found?.approval.status !== "pending") return found?.approval;
    const { approval } = found;
    if (enough() || signal?.aborted === true) return approval;
    const left = approval.expires - ledger.now();
    if (left <= 0) return expired(ledger, found);
    await ledger.bell.heard(id, Math.min(left, LOOK_EVERY), signal);
    try {
      found = await ledger.shelf.byId(id);
    } catch {
      // As it was: it is looked for again, and it expires.
    }
  }
}

async function expired(ledger: Ledger, { approval }: Found): Promise<Approval | undefined> {
  try {
    return await ledger.locks.run(approval.binding, async () => {
      const found = await ledger.shelf.byId(approval.id);
      if (found?.approval.status !== "pending") return found?.approval;
      return (await ledger.end(found, "expired")) ?? { ...found.approval, status: "expired" };
    });
  } catch {
    return { ...approval, status: "expired" };
  }
}
