import { digest, type Identity, type Json } from "@writ/ir";
import type { Approvals } from "./approvals/approvals.js";
import { ApprovalDesk } from "./approvals/desk.js";
import type { Preview } from "./approvals/view/preview.js";
import { builtinDetectors, forSession } from "./detect/builtin.js";
import type { Detector } from "./detect/detector.js";
import { GuardError } from "./errors.js";
import { loadProgram, type Program } from "./evaluate/program.js";
import { newMemory, SessionMemories } from "./flow/session-memories.js";
import { LONGEST_WAIT } from "./faults/deadlines.js";
import { heldAudit } from "./faults/held-audit.js";
import { heldClock } from "./faults/held-clock.js";
import { heldState } from "./faults/held-state.js";
import type { IdentityVerifier } from "./identity/verifier.js";
import { Breakers, readBreaker, type BreakerOptions } from "./gate/breaker.js";
import { Flights } from "./gate/flights.js";
import { DRAIN, readDrain, shut } from "./gate/shut.js";
import { readTarget, type Stopped, type StopOrder, type StopTarget } from "./gate/stop-order.js";
import { Stops } from "./gate/stops.js";
import { Housekeeping, readRetention } from "./gate/housekeeping.js";
import { hasEnded, SessionEnd } from "./gate/session-end.js";
import type { FactFunction } from "./inquiry.js";
import { Journal, type JournalRetention } from "./journal.js";
import type { Observer } from "./observe.js";
import type { AuditSink, DoubtfulCall } from "./ports/audit-sink.js";
import { systemClock, type Clock } from "./ports/clock.js";
import type { StateStore } from "./ports/state-store.js";
import { ancestors } from "./delegation/chain.js";
import { claims } from "./identity/host-claims.js";
import { readBundle, type PolicySource } from "./read-bundle.js";
import { randomId } from "./random-id.js";
import { readSettlement, settleCall, type Settlement } from "./settle.js";
import { createSession, type Session } from "./session.js";
import { VERSION } from "./version.js";

export interface GuardOptions {
  /** A bundle, what `loadPolicy` of `@writ/policy/node` gives, or the JSON text of a bundle compiled earlier. */
  readonly policy: PolicySource;
  /** Where every call is recorded. There is no guard without one; `memoryAudit()` is for tests and says so. */
  readonly audit: AuditSink;
  /** Where limits, approvals and the journal are kept. */
  readonly state: StateStore;
  readonly clock?: Clock;
  /** Values of the policy's `param` declarations. They are part of the digest that approvals are bound to. */
  readonly params?: { readonly [name: string]: Json };
  /** Answers the policy's `fact` declarations: one function each. */
  readonly facts?: { readonly [name: string]: FactFunction };
  /** Further detectors by name, beside those in the box. */
  readonly detectors?: { readonly [name: string]: Detector };
  /**
   * Sessions hand out handles: a result's outcome has a name (`$1`), and an argument that is exactly such a name stands
   * for that result. Off, a text `$1` is a text.
   */
  readonly handles?: boolean;
  /**
   * Proves who approves. With one, `guard.approvals.resolve` takes an approver's token and nobody's word for who it is;
   * without one, the host vouches for whoever it names.
   */
  readonly approvers?: IdentityVerifier;
  /**
   * How much is remembered of calls that carry a host's id: 90 days, with 64 MiB of results, where it is not said. A call
   * made again after its entry is forgotten runs again. One whose outcome is unknown is never forgotten.
   */
  readonly journal?: Partial<JournalRetention>;
  /** What is there now, for a person who is asked about a call that would change it: Writ shows the difference. */
  readonly preview?: Preview;
  /** Looks on at every call; it has no part in a decision. */
  readonly observe?: Observer;
  /** When repeated refusals of a session trip the breaker, which refuses unlooked at. */
  readonly breaker?: BreakerOptions;
  /** How long the log and the state may take to answer, in milliseconds; then what waited for them is refused. */
  readonly timeouts?: { readonly audit?: number; readonly state?: number };
}

/** How long a port may take where the host says nothing else, in milliseconds. */
const PORT_TIMEOUT = 10_000;

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

/** A tier that the policy names and this guard cannot provide: calls that need it are refused. */
export interface Unavailable {
  readonly tier: string;
  readonly isolate: string;
  readonly why: string;
}

/** A guard: one policy in force over tool calls, with its log and its state. */
export interface Guard {
  readonly policy: { readonly name: string; readonly version?: number; readonly digest: string };
  readonly approvals: Approvals;
  readonly unavailable: readonly Unavailable[];
  /** Calls that a crash left without an outcome, and nobody has settled; none of them is run again by itself. */
  readonly doubtful: readonly DoubtfulCall[];
  /**
   * Records what a person found out about a doubtful call, by its id. Made again, a call that happened is answered as
   * such and not run; one that did not happen is decided anew. False where no call of this id is doubtful. Throws a
   * {@link GuardError} `call_running` while it runs here; that no other process runs it is for the person to know.
   */
  settle(call: string, settlement: Settlement): Promise<boolean>;
  session(options: SessionOptions): Promise<Session>;
  /** What the kill switch holds, oldest first. */
  readonly stopped: readonly Stopped[];
  /**
   * The kill switch: from now on these calls are refused, those that wait or are under way included, whose signal is
   * aborted. Kept in the state store: it holds after a restart and for every process on that store. It is in force here
   * even where this rejects because it could not be kept or recorded.
   */
  stop(target: StopTarget, order: StopOrder): Promise<void>;
  /** Lifts a stop by a person's word; false where there is none. Rejects where it cannot be recorded; then the stop holds. */
  resume(target: StopTarget, order: StopOrder): Promise<boolean>;
  /**
   * Refuses every further call, waits up to `drain` milliseconds (10,000) for those under way, aborts and records the
   * rest, then lets go of the log, with its last checkpoint, and of the state. Called again it gives the same promise.
   */
  close(options?: { readonly drain?: number }): Promise<void>;
}

/**
 * Starts a guard. Rejects with a {@link GuardError} where there is no policy, an empty or a broken one, no audit log or
 * no state, or where the log cannot take the first record: there is no permissive mode to fall into.
 */
export async function createGuard(options: GuardOptions): Promise<Guard> {
  if (options.policy === undefined) throw new GuardError("policy_missing", "createGuard needs a policy");
  if (options.audit === undefined)
    throw new GuardError(
      "audit_missing",
      "createGuard needs an audit log: fileAudit(folder), or memoryAudit() in a test",
    );
  if (options.state === undefined)
    throw new GuardError(
      "state_missing",
      "createGuard needs a state store: fileStore(folder), or memoryStore() in a test",
    );
  const audit = heldAudit(options.audit, timeout(options, "audit"));
  const state = heldState(options.state, timeout(options, "state"));
  const clock = heldClock(options.clock ?? systemClock);
  const program = await loadProgram(readBundle(options.policy), { params: options.params ?? {} });
  const facts = readFacts(program, options.facts ?? {});
  const detectors = builtinDetectors().with(Object.entries(options.detectors ?? {}));
  const memories = new SessionMemories(program, state);
  const { name, version } = program.bundle.policy;
  await audit.append(
    {
      type: "policy",
      at: clock.now(),
      policy: { name, digest: program.digest, ...(version === undefined ? {} : { version: String(version) }) },
      mode: "enforce",
      writ: VERSION,
    },
    { durable: true },
  );
  const breakers = new Breakers(readBreaker(options.breaker));
  const { approvers, preview } = options;
  const approvals = new ApprovalDesk({ program, audit, state, clock, approvers, preview });
  const flights = new Flights();
  const retention = readRetention(options.journal);
  const stops = await Stops.open({ audit, state, clock, flights });
  const housekeeping = new Housekeeping(state, retention);
  const settled = new Set<string>();
  const doubtful = (): readonly DoubtfulCall[] => audit.doubtful.filter(({ call }) => !settled.has(call));
  let closing: Promise<void> | undefined;
  const closed = (): boolean => closing !== undefined;

  return {
    policy: { name, digest: program.digest, ...(version === undefined ? {} : { version }) },
    approvals,
    unavailable: unavailableTiers(program),
    get doubtful() {
      return doubtful();
    },
    async settle(call, given) {
      const settlement = readSettlement(given);
      if (flights.has(call)) throw new GuardError("call_running", "the call is under way: it will have an outcome");
      const found = doubtful().find((one) => one.call === call) ?? (await new Journal(state).started(call));
      if (found === undefined || settled.has(found.call)) return false;
      settled.add(found.call);
      try {
        await settleCall({ audit, state, clock }, found, settlement);
      } catch (error) {
        settled.delete(found.call);
        throw error;
      }
      return true;
    },
    async session(asked) {
      if (closed()) throw new GuardError("guard_closed", "the guard is closed");
      const { id, identity, resumed } = await identify(program, state, asked);
      if (resumed && (await hasEnded(state, id)))
        throw new GuardError("session_ended", "the session of this thread was ended; a new one needs another name");
      const recall = asked.thread === undefined ? undefined : await memories.of(id, resumed);
      const memory = recall?.memory ?? newMemory(program, true);
      await audit.append({ type: "session", at: clock.now(), session: id, identity }, { durable: !resumed });
      return createSession({
        program,
        audit,
        state,
        clock,
        approvals,
        facts,
        detectors: forSession(detectors, id),
        session: id,
        shared: id,
        identity,
        chain: ancestors(program, identity),
        memory,
        recall,
        handles: options.handles === true ? () => `$${memory.handles + 1}` : undefined,
        closed,
        end: new SessionEnd({ state, audit, clock, memories }, id, asked.thread !== undefined),
        flights,
        stops,
        breaker: breakers.of(id),
        observe: options.observe,
      });
    },
    get stopped() {
      return stops.inForce;
    },
    async stop(target, order) {
      requireTool(program, readTarget(target));
      await stops.stop(target, order);
    },
    resume: (target, order) => stops.resume(target, order),
    async close({ drain = DRAIN } = {}) {
      housekeeping.close();
      approvals.close();
      closing ??= shut({ flights, stops, memories, audit, state }, readDrain(drain));
      return closing;
    },
  };
}

/** A stop that hits nothing must not look like one. */
function requireTool(program: Program, target: StopTarget): void {
  if (target === "everything" || !("tool" in target)) return;
  if (program.tools.has(target.tool) || program.byName.has(target.tool)) return;
  throw new GuardError("misuse", `the policy declares no tool ${JSON.stringify(target.tool)}`);
}

function timeout({ timeouts = {} }: GuardOptions, port: "audit" | "state"): number {
  const ms = timeouts[port] ?? PORT_TIMEOUT;
  if (Number.isSafeInteger(ms) && ms > 0 && ms <= LONGEST_WAIT) return ms;
  throw new GuardError("misuse", `timeouts.${port} is a whole number of milliseconds, from 1 to ${LONGEST_WAIT}`);
}

function readFacts(
  program: Program,
  given: { readonly [name: string]: FactFunction },
): ReadonlyMap<string, FactFunction> {
  const facts = new Map<string, FactFunction>();
  for (const [name, ask] of Object.entries(given)) {
    if (!program.facts.has(name) || typeof ask !== "function")
      throw new GuardError("misuse", `facts.${name} is not a function for a fact of the policy`);
    facts.set(name, ask);
  }
  const missing = [...program.facts.keys()].find((name) => !facts.has(name));
  if (missing !== undefined)
    throw new GuardError(
      "facts_missing",
      `the policy asks the fact ${missing}: createGuard({ facts: { ${missing}: async (...) => ... } })`,
    );
  return facts;
}

function unavailableTiers(program: Program): readonly Unavailable[] {
  return program.bundle.tiers
    .filter((tier) => tier.isolate !== "inline")
    .map((tier) => ({
      tier: tier.name,
      isolate: tier.isolate,
      why: "no sandbox is configured; calls that need this tier are refused",
    }));
}

async function identify(
  program: Program,
  state: StateStore,
  asked: SessionOptions,
): Promise<{ id: string; identity: Identity; resumed: boolean }> {
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
  return { id, identity: { user, agent, session: { ...session, id } }, resumed: id !== fresh };
}

/** The session bound to a thread for this user and agent; the first to ask makes it. */
async function sessionOfThread(state: StateStore, binding: Json, fresh: string): Promise<string> {
  const key = `thread/${digest(binding)}`;
  if (await state.compareAndSet(key, undefined, fresh)) return fresh;
  const found = await state.get(key);
  return typeof found?.value === "string" ? found.value : fresh;
}
