import type { Bundle, Expression, Identity, Json } from "@writ/ir";
import { decodeBundle } from "@writ/ir/decode";
import { ApprovalDesk } from "./approvals/desk.js";
import { memoryAudit } from "./audit/memory-audit.js";
import type { CallContext } from "./call/context.js";
import { builtinDetectors, forSession } from "./detect/builtin.js";
import { GuardError } from "./errors.js";
import type { Match, Verdict } from "./evaluate/decide.js";
import type { Truth } from "./evaluate/kleene.js";
import { readParams } from "./evaluate/params.js";
import { loadProgram, type Program } from "./evaluate/program.js";
import { MAX_STEPS } from "./evaluate/scope.js";
import { watchCondition } from "./evaluate/watch.js";
import { asksForCare, raise, withReaders } from "./flow/labels.js";
import type { SessionMemory } from "./flow/session-memory.js";
import { Flights } from "./gate/flights.js";
import { newMemory } from "./flow/session-memories.js";
import type { Outcome } from "./outcome.js";
import type { Clock } from "./ports/clock.js";
import { createSession } from "./session.js";
import { NO_WALLS } from "./isolation/walls.js";
import { memoryStore } from "./state/memory-store.js";

export {
  createTrial,
  type Supposed,
  type SupposedCall,
  type Trial,
  type TrialRequest,
  type TrialVerdict,
} from "./trial.js";

/** Who a rehearsed call is made by, and what is so when it is made. What is left out is as in a fresh session. */
export interface Scene {
  /** Exactly these roles are held; undefined: roles are tested on the claims, as in production. */
  readonly roles: readonly string[] | undefined;
  /** The session's id; limits per session, history and labels are its own. */
  readonly session: string;
  /** Claims that are absent are unknown; `session.id` is always {@link Scene.session}. */
  readonly identity: Identity;
  /** Values of the policy's params; one that is not given is unknown. */
  readonly params?: { readonly [name: string]: Json };
  /** What each fact answers, whatever it is asked; one that is not given fails, and takes its `on error`. */
  readonly facts?: { readonly [name: string]: Json };
  /** Everything that the user has said in this session until now, in order. */
  readonly said?: readonly string[];
  /** Labels of things that were read before: they are in the context. */
  readonly labels?: readonly string[];
}

/** A call, and what its tool would return. */
export interface RehearsedCall {
  readonly tool: string;
  /** A text that is exactly `$n` stands for what the n-th call of the stage returned. */
  readonly args: Json;
  /** Undefined: a result of the declared type of which nothing more is known. */
  readonly returns?: Json | undefined;
  /** Is shown the arguments that the tool would be given, handles placed and transforms made. */
  readonly received?: ((args: Json) => void) | undefined;
}

/** One run of calls, with limits, labels, a history and a log in memory of its own. */
export interface Stage {
  /** Takes a call the way of `session.call`; a call that asks is `waiting`, and is not waited for. */
  call(scene: Scene, call: RehearsedCall): Promise<Outcome>;
}

/** Told, for each call that normalises, of every rule that concerns its tool, before the call goes on. */
export interface Watcher {
  /** `decides`: the rule is a reason of the decision, or raises or limits the call. Undefined is unknown. */
  rule(rule: Match["rule"], truth: Truth, decides: boolean): void;
  /** Of each condition of the rule that was looked at, its parts before it; what an earlier part had settled is not. */
  condition(rule: Match["rule"], node: Expression, truth: Truth): void;
}

/** A policy made ready to be tried out. */
export interface Rehearsal {
  readonly digest: string;
  /** The bundle as it was decoded: a {@link Watcher} is told of its rules and of their nodes. */
  readonly bundle: Bundle;
  stage(clock: Clock, watcher?: Watcher): Stage;
}

/**
 * The path of a tool call for tests of policies: decision, labels, history, limits, approvals and records are those of
 * a guard, but roles, params, facts and what was said can be supposed, and a call is not refused for an isolation that
 * is missing. It is therefore no guard: it takes no tool, no log and no store, and can run nothing. Throws a
 * {@link GuardError} for a bundle no guard takes.
 */
export async function rehearse(policy: Bundle): Promise<Rehearsal> {
  const decoded = decodeBundle(policy);
  if (!decoded.ok) throw new GuardError("policy_invalid", `${decoded.fault.path}: ${decoded.fault.message}`);
  const program = await loadProgram(decoded.value, { trial: true });
  return {
    digest: program.digest,
    bundle: program.bundle,
    stage: (clock, watcher) => createStage(program, clock, watcher),
  };
}

/** Looks at the rules of a call once more, part by part. */
function tell(watcher: Watcher, { matches, decision, scope }: Verdict): void {
  if (scope === undefined) return;
  const reasons = new Set(decision.reasons.map(({ by }) => by));
  for (const { rule, truth } of matches) {
    const acts = rule.kind === "quota" || rule.kind === "raise";
    watcher.rule(rule, truth, truth !== false && (acts || reasons.has(rule.id)));
    try {
      watchCondition(
        rule.when,
        { ...scope, variables: new Map(), lists: new Map(), budget: { steps: MAX_STEPS } },
        (node, part) => watcher.condition(rule, node, part),
      );
    } catch {
      // As in a decision: what cannot be evaluated to its end is unknown, and says nothing of its parts.
    }
  }
}

function createStage(whole: Program, clock: Clock, watcher: Watcher | undefined): Stage {
  const audit = memoryAudit();
  const state = memoryStore();
  const memories = new Map<string, { readonly memory: SessionMemory; heard: number }>();
  let calls = 0;

  function remembered(scene: Scene): SessionMemory {
    const known = memories.get(scene.session) ?? { memory: newMemory(whole, true), heard: 0 };
    memories.set(scene.session, known);
    const { lattice } = whole;
    const said = scene.said ?? [];
    for (const text of said.slice(known.heard)) known.memory.heard("user", text, lattice.lowest, true);
    known.heard = said.length;
    const labels = raise(lattice, lattice.lowest, scene.labels ?? []);
    // Of what was read nothing is known but its labels: nobody may be told of what asks for care.
    known.memory.joins(asksForCare(lattice, labels) ? withReaders(labels, new Set()) : labels);
    return known.memory;
  }

  return {
    async call(scene, { tool, args, returns, received }) {
      const { roles, session: id, identity } = scene;
      calls += 1;
      const name = `$${calls}`;
      const { values } = readParams(whole.bundle.params, scene.params ?? {}, whole.types, true);
      const program: Program = { ...whole, params: values };
      const flights = new Flights();
      const approvals = new ApprovalDesk({ program, audit, state, clock });
      const context: CallContext = {
        program,
        audit,
        state,
        clock,
        approvals,
        facts: new Map(Object.entries(scene.facts ?? {}).map(([fact, answer]) => [fact, () => answer])),
        detectors: forSession(builtinDetectors(), id),
        memory: remembered(scene),
        handles: () => name,
        session: id,
        shared: id,
        identity: { ...identity, session: { ...identity.session, id } },
        closed: () => false,
        flights,
        walls: NO_WALLS,
        rehearsal: {
          supposed: roles === undefined ? undefined : new Set(roles),
          watch: watcher === undefined ? undefined : (verdict) => tell(watcher, verdict),
        },
      };
      const session = createSession(() => context);
      const outcome = await session.call({ tool, args }, (given) => {
        received?.(given);
        return structuredClone(returns);
      });
      // Nobody answers in a test: an approval left behind would make a later call expire instead of ask.
      for (const { key, version } of await state.list("approval")) await state.compareAndSet(key, version, undefined);
      return outcome;
    },
  };
}
