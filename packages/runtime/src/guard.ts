import type { Json } from "@writ/ir";
import type { Approvals } from "./approvals/approvals.js";
import { currentApprovals } from "./approvals/current.js";
import type { CallContext } from "./call/context.js";
import { shapesOf } from "./call/shapes.js";
import type { Preview } from "./approvals/view/preview.js";
import { builtinDetectors, forSession } from "./detect/builtin.js";
import type { Detector } from "./detect/detector.js";
import type { Explanation } from "./explain/explain-call.js";
import { GuardError } from "./errors.js";
import { enforce, type EnforceOptions, type Unavailable } from "./enforce/enforced.js";
import type { Program } from "./evaluate/program.js";
import { newMemory } from "./flow/session-memories.js";
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
import { append } from "./faults/prompt.js";
import { hasEnded, SessionEnd } from "./gate/session-end.js";
import { identify, type SessionOptions } from "./identity/identify.js";
import type { FactFunction } from "./call/inquiry.js";
import { Journal, type JournalRetention } from "./call/journal.js";
import { requireKnown } from "./known-options.js";
import type { Observer } from "./observe.js";
import type { AuditSink, DoubtfulCall } from "./ports/audit-sink.js";
import { systemClock, type Clock } from "./ports/clock.js";
import type { Sandbox } from "./ports/sandbox.js";
import type { StateStore } from "./ports/state-store.js";
import { ancestors } from "./delegation/chain.js";
import { quietly } from "./quietly.js";
import type { PolicySource } from "./enforce/read-bundle.js";
import type { Undone, UndoOptions } from "./undo.js";
import { seat } from "./seat.js";
import { readSettlement, settleCall, type Settlement } from "./settle/settle.js";
import { createSession, type Session } from "./session.js";
import { BoundTools } from "./tools/bound-tools.js";
import type { HostTool } from "./tools/host-tool.js";
import { readProviderTools } from "./tools/provider-tools.js";

export interface GuardOptions {
  readonly policy: PolicySource;
  /** The digest that the policy's bundle must have, as `writ compile` prints it; with another the guard does not start. */
  readonly expect?: string;
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
  /**
   * Names of tools that the model's provider runs by itself (a web search, a hosted MCP server). No call of theirs comes by
   * the guard: nothing of them is decided, and their results are untrusted. Adapters refuse an agent that has one which is
   * not named here. The policy declares none of them.
   */
  readonly providerTools?: readonly string[];
  /** How long the log and the state may take to answer, in milliseconds; then what waited for them is refused. */
  readonly timeouts?: { readonly audit?: number; readonly state?: number };
  /** Runs calls whose tier isolates: `sandboxes()` of @writ/sandbox. Without one such calls are refused. It is closed with the guard. */
  readonly sandbox?: Sandbox;
  /** Refuses to start where a tier of the policy is not proven on this machine, instead of refusing its calls. */
  readonly requireTiers?: boolean;
}

/** Every option: a misspelt one (`approver`) must not pass for none. */
const OPTIONS: { readonly [Option in keyof Required<GuardOptions>]: true } = {
  policy: true,
  expect: true,
  audit: true,
  state: true,
  clock: true,
  params: true,
  facts: true,
  detectors: true,
  handles: true,
  approvers: true,
  journal: true,
  preview: true,
  observe: true,
  breaker: true,
  providerTools: true,
  timeouts: true,
  sandbox: true,
  requireTiers: true,
};

/** Characters of a name that the log keeps, as of a tool that is called. */
const LONGEST_NAME = 512;

/** How long a port may take where the host says nothing else, in milliseconds. */
const PORT_TIMEOUT = 10_000;

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
  /**
   * Puts another policy in force, recorded first. Calls under way go on under the policy they began with, and every
   * record names its policy by digest; approvals of the policy before are void. Sessions go on: their limits, breaker
   * and thread stay, and their labels and past too where both policies mean the same by them; otherwise nothing of them
   * is known. Facts are those of `createGuard` unless given. Rejects as {@link createGuard} does; then nothing changed.
   */
  replace(policy: PolicySource, options?: EnforceOptions): Promise<void>;
  /**
   * Holds the tools of a host against the policy in force: every one is declared, with the parameters that it has, of types
   * that can hold, and as it was reviewed where the policy pins it. Throws a {@link GuardError} `tools_invalid` that names
   * what does not fit. A pinned tool that was not bound so is refused.
   */
  bind(tools: readonly HostTool[]): void;
  /**
   * Records, as the incident `unguarded_tool`, that a host's net refused a tool that nobody guarded, where the host does not say
   * in whose session. Rejects where the log cannot take it; the tool is refused all the same.
   */
  recordUnguarded(tool: string): Promise<void>;
  /** The names of `providerTools`. */
  readonly providerTools: ReadonlySet<string>;
  /** {@link Session.visibleTools}, for a session of this guard. */
  visibleTools(session: Session): Promise<ReadonlySet<string>>;
  /** {@link Session.undo}, for a session of this guard. */
  undo(session: Session, options: UndoOptions): Promise<Undone>;
  /** {@link Session.explain}, for a session of this guard. */
  explain(session: Session, call: Parameters<Session["explain"]>[0]): Promise<Explanation>;
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
  if (options?.policy === undefined) throw new GuardError("policy_missing", "createGuard needs a policy");
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
  requireKnown("createGuard", options, OPTIONS);
  const audit = heldAudit(options.audit, timeout(options, "audit"));
  const state = heldState(options.state, timeout(options, "state"));
  const clock = heldClock(options.clock ?? systemClock);
  const { approvers, preview } = options;
  const { sandbox, requireTiers = false } = options;
  const providerTools = readProviderTools(options.providerTools);
  const parts = { audit, state, clock, approvers, preview, providerTools, sandbox, requireTiers };
  let enforced = await enforce(parts, options.policy, options);
  const detectors = builtinDetectors().with(Object.entries(options.detectors ?? {}));
  const breakers = new Breakers(readBreaker(options.breaker));
  const flights = new Flights();
  const bound = new BoundTools();
  const retention = readRetention(options.journal);
  const stops = await Stops.open({ audit, state, clock, flights });
  const housekeeping = new Housekeeping(state, retention);
  const settled = new Set<string>();
  const doubtful = (): readonly DoubtfulCall[] => audit.doubtful.filter(({ call }) => !settled.has(call));
  let replacing: Promise<void> = Promise.resolve();
  let closing: Promise<void> | undefined;
  const closed = (): boolean => closing !== undefined;
  const sit = (context: CallContext): (() => CallContext) => seat(context, () => enforced);

  return {
    get policy() {
      const { name, version } = enforced.program.bundle.policy;
      return { name, digest: enforced.program.digest, ...(version === undefined ? {} : { version }) };
    },
    approvals: currentApprovals(() => enforced.approvals),
    get unavailable() {
      return enforced.unavailable;
    },
    async replace(policy, given = {}) {
      const before = replacing;
      const done = Promise.withResolvers<undefined>();
      replacing = done.promise;
      await before;
      try {
        if (closed()) throw new GuardError("guard_closed", "the guard is closed");
        const old = enforced;
        enforced = await enforce(parts, policy, given, old);
        old.approvals.close();
        await quietly(old.approvals.voidAll());
        if (old.memories !== enforced.memories) await old.memories.close();
      } finally {
        done.resolve(undefined);
      }
    },
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
      const begun = enforced;
      const { program, memories, forgotten } = begun;
      const { id, identity, resumed } = await identify(program, state, asked);
      if (resumed && (await hasEnded(state, id)))
        throw new GuardError("session_ended", "the session of this thread was ended; a new one needs another name");
      const known = asked.thread !== undefined && !forgotten.has(id);
      const recall = known ? await memories.of(id, resumed) : undefined;
      const memory = recall?.memory ?? newMemory(program, !forgotten.has(id));
      await append(audit, { type: "session", at: clock.now(), session: id, identity }, { durable: !resumed });
      const { approvals, facts, walls } = begun;
      const context: CallContext = {
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
        bound,
        providerTools,
        walls,
        breaker: breakers.of(id),
        observe: options.observe,
        shapes: shapesOf(program, facts, detectors),
      };
      return createSession(sit(context), sit);
    },
    bind: (tools) => bound.bind(enforced.program, tools),
    async recordUnguarded(name) {
      const tool = name.slice(0, LONGEST_NAME);
      const message = "the host's net refused a tool that nobody guarded";
      await append(
        audit,
        { type: "incident", at: clock.now(), code: "unguarded_tool", message, tool },
        { durable: true },
      );
    },
    providerTools,
    visibleTools: (session) => session.visibleTools(),
    undo: (session, asked) => session.undo(asked),
    explain: (session, call) => session.explain(call),
    get stopped() {
      return stops.inForce;
    },
    async stop(target, order) {
      const read = readTarget(target);
      requireTool(enforced.program, read);
      await stops.stop(read, order);
    },
    resume: (target, order) => stops.resume(target, order),
    async close({ drain = DRAIN } = {}) {
      readDrain(drain);
      housekeeping.close();
      enforced.approvals.close();
      closing ??= shut({ flights, stops, memories: enforced.memories, audit, state, sandbox }, readDrain(drain));
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
