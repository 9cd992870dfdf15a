import { join } from "node:path";
import { bindTools } from "@writ/ai-sdk";
import { loadPolicy } from "@writ/policy/node";
import { createGuard, type Guard } from "@writ/runtime";
import { fileAudit, fileStore } from "@writ/runtime/node";
import { Desk } from "./desk.js";

/** A guard over files, that knows the tools: one that the policy does not know would end the start. */
export async function startGuard(folder: string): Promise<Guard> {
  const guard = await createGuard({
    policy: await loadPolicy(join(import.meta.dirname, "../policy/shop.policy")),
    audit: await fileAudit(join(folder, "audit")),
    state: await fileStore(join(folder, "state")),
  });
  await bindTools(guard, new Desk().tools());
  return guard;
}
