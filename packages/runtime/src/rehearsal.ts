import { decodeBundle, type Bundle, type Identity, type Json } from "@writ/ir";
import { ApprovalDesk } from "./approvals.js";
import { memoryAudit } from "./audit/memory-audit.js";
import { GuardError } from "./errors.js";
import { loadProgram } from "./evaluate/program.js";
import type { Outcome } from "./outcome.js";
import type { Clock } from "./ports/clock.js";
import { createSession } from "./session.js";
import { memoryStore } from "./state/memory-store.js";

/** Who a rehearsed call is made by. */
export interface Scene {
  /** Exactly these roles are held; undefined: roles are tested on the claims, as in production. */
  readonly roles: readonly string[] | undefined;
  /** The session's id; limits per session count by it. */
  readonly session: string;
  /** Claims that are absent are unknown; `session.id` is always {@link Scene.session}. */
  readonly identity: Identity;
}

/** A call, and what its tool would return. */
export interface RehearsedCall {
  readonly tool: string;
  readonly args: Json;
  readonly returns: Json;
}

/** One run of calls, with limits and a log in memory of its own. */
export interface Stage {
  /** Takes a call the way of `session.call`; a call that asks is `waiting`, and is not waited for. */
  call(scene: Scene, call: RehearsedCall): Promise<Outcome>;
}

/** A policy made ready to be tried out. */
export interface Rehearsal {
  readonly digest: string;
  stage(clock: Clock): Stage;
}

/**
 * The path of a tool call for tests of policies: decision, limits, approvals and records are those of a guard, but
 * roles can be supposed, and a call is not refused for an isolation that is missing. It is therefore no guard: it
 * takes no tool, no log and no store, and can run nothing. Throws a {@link GuardError} for a bundle no guard takes.
 */
export async function rehearse(policy: Bundle): Promise<Rehearsal> {
  const decoded = decodeBundle(policy);
  if (!decoded.ok) throw new GuardError("policy_invalid", `${decoded.fault.path}: ${decoded.fault.message}`);
  const program = await loadProgram(decoded.value);
  return {
    digest: program.digest,
    stage(clock) {
      const audit = memoryAudit();
      const state = memoryStore();
      const approvals = new ApprovalDesk({ program, audit, state, clock });
      return {
        async call({ roles, session: id, identity }, { tool, args, returns }) {
          const session = createSession({
            program,
            audit,
            state,
            clock,
            approvals,
            session: id,
            identity: { ...identity, session: { ...identity.session, id } },
            closed: () => false,
            rehearsal: { supposed: roles === undefined ? undefined : new Set(roles) },
          });
          const outcome = await session.call({ tool, args }, () => structuredClone(returns));
          // Nobody answers in a test: an approval left behind would make a later call expire instead of ask.
          for (const { key, version } of await state.list("approval/"))
            await state.compareAndSet(key, version, undefined);
          return outcome;
        },
      };
    },
  };
}
