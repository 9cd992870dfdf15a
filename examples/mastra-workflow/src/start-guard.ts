import { join } from "node:path";
import { loadPolicy } from "@writ/policy/node";
import { createGuard, type Guard } from "@writ/runtime";
import { fileAudit, fileStore } from "@writ/runtime/node";
import { accountOf } from "./bank.js";

export const POLICY = join(import.meta.dirname, "../policy/invoices.policy");

/** A guard over files: the log of every call, and limits, approvals and what ran. */
export async function startGuard(folder: string): Promise<Guard> {
  return createGuard({
    policy: await loadPolicy(POLICY),
    audit: await fileAudit(join(folder, "audit")),
    state: await fileStore(join(folder, "state")),
    facts: { account_of: async (supplier) => accountOf(typeof supplier === "string" ? supplier : "") },
  });
}
