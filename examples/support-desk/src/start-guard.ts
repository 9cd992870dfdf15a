import { join } from "node:path";
import { loadPolicy } from "@writ/policy/node";
import { createGuard, type Guard, type Observer, type Sandbox } from "@writ/runtime";
import { fileAudit, fileStore } from "@writ/runtime/node";

/** Folders of a guard: its log, and its limits and approvals. */
export interface GuardPlaces {
  readonly audit: string;
  readonly state: string;
}

export function guardPlaces(folder: string): GuardPlaces {
  return { audit: join(folder, "audit"), state: join(folder, "state") };
}

/** Starts a guard from a policy file; where any part of it fails there is none. */
export async function startGuard(
  policyFile: string,
  places: GuardPlaces,
  parts: { readonly observe?: Observer; readonly sandbox?: Sandbox } = {},
): Promise<Guard> {
  const policy = await loadPolicy(policyFile);
  const audit = await fileAudit(places.audit);
  try {
    const state = await fileStore(places.state);
    try {
      return await createGuard({ policy, audit, state, ...parts });
    } catch (error) {
      await state.close();
      throw error;
    }
  } catch (error) {
    await audit.close().catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}
