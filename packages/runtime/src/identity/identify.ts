import { digest, type Identity, type Json } from "@writ/ir";
import { GuardError } from "../errors.js";
import type { Program } from "../evaluate/program.js";
import { readily } from "../faults/prompt.js";
import { bindIdentity } from "./bound-identity.js";
import { claims } from "./host-claims.js";
import { requireKnown } from "../known-options.js";
import type { StateStore } from "../ports/state-store.js";
import { randomId } from "../random-id.js";

/** Who calls, as the host's own authentication proved it. `user.id` is required. The model supplies none of it. */
export interface SessionOptions {
  readonly user: { readonly id: string; readonly [claim: string]: Json };
  readonly agent?: { readonly [claim: string]: Json };
  /** Further claims of the session, such as its participants; `id` is minted and cannot be given. */
  readonly session?: { readonly [claim: string]: Json };
  /**
   * A host's own name for the conversation, such as a thread id: the same user and agent get the same session for
   * it, also in another process. It is a name, not a proof: another user's session cannot be reached by it.
   */
  readonly thread?: string;
}

const OPTIONS: { readonly [Option in keyof Required<SessionOptions>]: true } = {
  user: true,
  agent: true,
  session: true,
  thread: true,
};

/** Who a session is for; its id is minted here, or found under the name of its thread. */
export async function identify(
  program: Program,
  state: StateStore,
  asked: SessionOptions,
): Promise<{ id: string; identity: Identity; resumed: boolean }> {
  requireKnown("guard.session", asked, OPTIONS);
  if (asked.thread !== undefined && (typeof asked.thread !== "string" || asked.thread === ""))
    throw new GuardError("misuse", "thread is a text: the host's own name for the conversation");
  const user = claims(program, "user", asked.user);
  const agent = claims(program, "agent", asked.agent ?? {});
  const session = claims(program, "session", asked.session ?? {});
  if (typeof user["id"] !== "string" || user["id"] === "")
    throw new GuardError("identity_invalid", "user.id must be a text: who calls has to be known");
  if (Object.hasOwn(session, "id"))
    throw new GuardError("identity_invalid", "session.id is minted by Writ and cannot be given");
  const fresh = randomId("s");
  const id =
    asked.thread === undefined
      ? fresh
      : await sessionOfThread(state, [asked.thread, user["id"], agent["id"] ?? null], fresh);
  return { id, identity: bindIdentity({ user, agent, session: { ...session, id } }), resumed: id !== fresh };
}

/** The session bound to a thread for this user and agent; the first to ask makes it. */
async function sessionOfThread(state: StateStore, binding: Json, fresh: string): Promise<string> {
  const key = `thread/${digest(binding)}`;
  if (await readily(state).compareAndSet(key, undefined, fresh)) return fresh;
  const found = await readily(state).get(key);
  return typeof found?.value === "string" ? found.value : fresh;
}
