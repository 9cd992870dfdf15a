import { join } from "node:path";
import { loadPolicy } from "@writ/policy/node";
import { createGuard, type Guard } from "@writ/runtime";
import { fileAudit, fileStore } from "@writ/runtime/node";

/** A guard over files in `out`, for a workspace. */
export async function startGuard(out: string, work: string): Promise<Guard> {
  return createGuard({
    policy: await loadPolicy(join(import.meta.dirname, "..", "policy", "coder.policy")),
    params: { work },
    audit: await fileAudit(join(out, "audit")),
    state: await fileStore(join(out, "state")),
  });
}
