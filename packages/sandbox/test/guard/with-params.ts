import type { Json } from "@writ/ir";
import { createGuard, memoryAudit, memoryStore, type Sandbox, type Session } from "@writ/runtime";
import { bundleOf } from "./fake-sandbox.js";

/** A session under a policy with params. */
export async function benchWithParams(
  text: string,
  sandbox: Sandbox,
  params: { readonly [name: string]: Json },
): Promise<{ readonly session: Session }> {
  const guard = await createGuard({
    policy: await bundleOf(text),
    audit: memoryAudit(),
    state: memoryStore(),
    sandbox,
    params,
  });
  return { session: await guard.session({ user: { id: "ann" }, agent: { id: "a" } }) };
}
