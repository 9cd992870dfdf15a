import { canonicalize, type Identity, type Json } from "@writ/ir";
import { guardedCall } from "./call/call.js";
import type { CallContext } from "./call/context.js";
import type { DelegateOptions } from "./delegation/delegate.js";
import { canaryOf } from "./detect/canary.js";
import { REPLY, type Program } from "./evaluate/program.js";
import { integrityOf, raise, withIntegrity, worstIntegrity } from "./flow/labels.js";
import type { Speaker } from "./flow/memory-event.js";
import type { Explanation } from "./explain/explain-call.js";
import { GuardError } from "./errors.js";
import { heldCall } from "./faults/held-call.js";
import { DECIDE_ONLY, heldPort, NO_TOOL, type HeldPort } from "./faults/held-port.js";
import { journalKey } from "./call/journal.js";
import { observed } from "./observe.js";
import type { Checked, Outcome } from "./outcome.js";
import { undoPlan, undoSession, type Undone, type UndoOptions, type UndoPlan } from "./undo.js";
import type { Execute, HostPort, ToolCall } from "./port.js";

/** A conversation of one agent for one person. Its id is minted by Writ and bound to the identity. */
export interface Session {
  readonly id: string;
  /** Who it is for. Frozen: what it was begun with holds for all its calls. */
  readonly identity: Identity;
  /**
   * Decides a call and, where it may, runs it. Never rejects for anything the call holds or a part of the guard
   * does: refusals and failures are values. Only the host's own control flow passes through as it was thrown. Without a
   * tool, as where a host's net stops one that nobody guarded, the call is refused and that is recorded.
   */
  call(call: ToolCall, tool: Execute | HostPort | undefined): Promise<Outcome>;
  /**
   * Decides a call without making it, for a host that pauses before it runs a tool: a refusal is recorded, a person is
   * asked, and a call that was made before is answered as it was. `clear` is no permission: {@link Session.call} decides
   * again, and only it takes limits and uses a grant.
   */
  check(call: ToolCall): Promise<Checked>;
  /**
   * The agent's final answer, decided and filtered like a call before anybody sees it: flows to `reply` may refuse or
   * ask, rules about it redact, cut or withhold. The outcome's `result` is the text to show.
   */
  reply(text: string): Promise<Outcome>;
  /** A word that stands nowhere by chance. Put it into the system prompt, and rules find it (`contains canary`) in what goes out. */
  readonly canary: string;
  /**
   * What the host put before the model besides results: what the user said, or a system prompt. Pasted mail, retrieved
   * documents and earlier conversations are heard with labels of their own; only words heard from `user` with none
   * count as the user's own. `unknown` is prompt text that nobody vouches for: it has the worst integrity, whatever its
   * labels. Throws a {@link GuardError} `misuse` on a label that the policy does not declare. It is written to the state
   * store before the next call is decided; hearing the same again changes nothing, so a host that takes a conversation up
   * after a crash hears again what is still before the model.
   */
  heard(from: Speaker, text: string, options?: { readonly labels?: readonly string[] }): void;
  /**
   * Whether some rule of the policy in force looks at labels or at what was said; otherwise what is heard changes nothing.
   * A policy that looks, put in force later, finds nothing known of this session.
   */
  readonly hears: boolean;
  /**
   * Takes note of a name: a message of the prompt that was heard, or that this session handed out. False where it was noted
   * before. Notes live as long as the session's memory does; of very many the oldest are forgotten.
   */
  note(name: string): boolean;
  isNoted(name: string): boolean;
  /**
   * Resolves when all that was heard and noted is in the state store, which a call does by itself: for a host that saves
   * its conversation before the next call. Rejects with a `StateError`.
   */
  kept(): Promise<void>;
  /**
   * A session for another agent that acts for this one. It can only narrow: every call is decided for every agent in the
   * chain and the lowest decision holds; labels, history, limits and approvals are this session's, so what the other
   * agent read is in this one's context too; the chain is in every record of a call. Throws a {@link GuardError}.
   */
  delegate(options: DelegateOptions): Promise<Session>;
  /** The pauses of a step of a host that replays steps, oldest first, as {@link Session.paused} recorded them. */
  pauses(scope: string): Promise<readonly string[]>;
  /**
   * Records the pauses of a step, each by who took it, before the host is told to pause. A host that replays a step
   * from its start (LangGraph) must take every earlier pause again, in order, or one is handed another's value.
   */
  paused(scope: string, pauses: readonly string[]): Promise<void>;
  /** What of this session can be undone, newest first, and what cannot, each with why. */
  undoable(): Promise<UndoPlan>;
  /**
   * Undoes what the session did, newest first, by the compensating calls that the policy names (`undo`), each decided and
   * recorded like any other. Where something cannot be undone nothing is, unless `leave` says so. Ended as `stopped`, as
   * where a person has to agree, it is called again and goes on; nothing is undone twice.
   */
  undo(options: UndoOptions): Promise<Undone>;
  /**
   * Why a call would be decided as it would be: rules, the truth of their conditions, where arguments come from, and the
   * smallest change that would allow it. Nothing is run, recorded or counted. For people, never for the model.
   */
  explain(call: Pick<ToolCall, "tool" | "args">): Promise<Explanation>;
  /**
   * The tools that some rule could grant in this session, by the names that calls use: what is worth offering to the model.
   * One is left out only where every call of it would be refused; being in it grants nothing.
   */
  visibleTools(): Promise<ReadonlySet<string>>;
  /** The names of `providerTools` of the guard. */
  readonly providerTools: ReadonlySet<string>;
  /**
   * Ends the session for good, in every process on the store: no call of it starts from now on, its thread's name
   * cannot be used again, and its limits, journal and memory are forgotten. Calls under way end as they are. Rejects
   * where the log or the store cannot take it; the session is ended all the same in this object.
   */
  end(): Promise<void>;
}

const SPEAKERS: ReadonlySet<Speaker> = new Set(["user", "system", "unknown"]);

const CLEAR = Object.freeze({ status: "clear" });

const NO_NAMES: ReadonlySet<string> = new Set();

function isList(given: unknown): boolean {
  return Array.isArray(given);
}

async function thrown(error: unknown): Promise<never> {
  throw error;
}

/** A call that is under way. What tells it apart is looked at where there is another of its id. */
class UnderWay {
  outcome: Promise<Outcome> | undefined;
  readonly #call: ToolCall;
  readonly #args: Json;
  #key: string | undefined;

  constructor(call: ToolCall, args: Json) {
    this.#call = call;
    this.#args = args;
  }

  isSame(other: UnderWay): boolean {
    return this.#told === other.#told;
  }

  get #told(): string {
    const { scope = "", tool } = this.#call;
    return (this.#key ??= canonicalize([scope, tool, this.#args]));
  }
}

/** A session over the parts of its guard. */
export function createSession(
  seated: () => CallContext,
  reseat: (context: CallContext) => () => CallContext = (context) => () => context,
): Session {
  const { session, shared, identity, state } = seated();
  /** Calls with a host's id, by that id. */
  const underWay = new Map<string, UnderWay[]>();
  /** The same as long as the policy is. */
  let visible: { readonly program: Program; readonly tools: ReadonlySet<string> } | undefined;
  const pauseKey = (scope: string): string =>
    `pauses/${session}/${journalKey(session, { callId: "", tool: "", scope }, null)}`;

  function call(made: ToolCall, tool: Execute | HostPort | undefined): Promise<Outcome> {
    try {
      return taken(made, tool);
    } catch (error) {
      return thrown(error);
    }
  }

  function taken(made: ToolCall, tool: Execute | HostPort | undefined): Promise<Outcome> {
    const port = heldPort(tool);
    const { call: held, args } = heldCall(made, port !== NO_TOOL);
    const context = seated();
    const { observe } = context;
    const run = (through: HeldPort): Promise<Outcome> => guardedCall(context, held, args, through);
    const take = (): Promise<Outcome> =>
      observe === undefined ? run(port) : observed(observe, session, { call: held, args }, port, run);
    if (held.callId === undefined || held.callId === "" || !args.ok) return take();
    // The same call twice at once is one call.
    return once(held.callId, new UnderWay(held, args.value), take);
  }

  async function once(id: string, made: UnderWay, take: () => Promise<Outcome>): Promise<Outcome> {
    const others = underWay.get(id) ?? [];
    const same = others.find((other) => other.isSame(made));
    if (same?.outcome !== undefined) return same.outcome;
    others.push(made);
    underWay.set(id, others);
    try {
      made.outcome = take();
      return await made.outcome;
    } finally {
      others.splice(others.indexOf(made), 1);
      if (others.length === 0) underWay.delete(id);
    }
  }

  return {
    id: session,
    identity,
    call,
    async check(made) {
      const { call: held, args } = heldCall(made);
      const context = seated();
      const { observe } = context;
      const decide = (): Promise<Checked> => guardedCall(context, held, args, DECIDE_ONLY, false, CLEAR);
      return observe === undefined ? decide() : observed(observe, session, { call: held, args }, DECIDE_ONLY, decide);
    },
    get canary() {
      return canaryOf(shared);
    },
    async reply(text) {
      const context = seated();
      const { call: answer, args } = heldCall({ tool: REPLY, args: { text } });
      const take = (through: HeldPort): Promise<Outcome> => guardedCall(context, answer, args, through, true);
      const port: HeldPort = { execute: async () => text, isControlFlow: () => false };
      return context.observe === undefined
        ? take(port)
        : observed(context.observe, session, { call: answer, args }, port, take);
    },
    heard(from, text, { labels = [] } = {}) {
      const {
        memory,
        program: { lattice },
      } = seated();
      if (!SPEAKERS.has(from) || typeof text !== "string" || !isList(labels))
        throw new GuardError("misuse", "what is heard is a text of user, system or unknown, with a list of labels");
      const unknown = labels.find((name) => !lattice.places.has(name));
      if (unknown !== undefined)
        throw new GuardError("misuse", `the policy declares no label ${JSON.stringify(unknown)}`);
      const raised = raise(lattice, lattice.lowest, labels);
      const set = from === "unknown" ? withIntegrity(lattice, raised, worstIntegrity(lattice)) : raised;
      const own = from === "user" && integrityOf(lattice, set) === 0 && (lattice.integrity >= 0 || labels.length === 0);
      memory.heard(from, text, set, own);
    },
    undoable: () => undoPlan(seated()),
    undo: (options) => undoSession(seated(), call, options),
    // Read when they are asked for: most sessions ask for neither.
    async explain(made) {
      const { explainCall } = await import("./explain/explain-call.js");
      return explainCall(seated(), made);
    },
    get providerTools() {
      return seated().providerTools ?? NO_NAMES;
    },
    async visibleTools() {
      const context = seated();
      const { program } = context;
      if (visible?.program === program) return new Set(visible.tools);
      const { visibleTools } = await import("./tools/visible-tools.js");
      const tools = visibleTools(context);
      visible = { program, tools };
      return new Set(tools);
    },
    async end() {
      await seated().end?.end();
    },
    async delegate(options) {
      const { delegated } = await import("./delegation/delegate.js");
      return createSession(reseat(await delegated(seated(), options)), reseat);
    },
    get hears() {
      const { flows, indexed } = seated().program;
      return flows || indexed;
    },
    note: (name) => seated().memory.note(name),
    isNoted: (name) => seated().memory.isNoted(name),
    kept: async () => seated().recall?.keep(),
    async pauses(scope) {
      const found = await state.get(pauseKey(scope));
      return Array.isArray(found?.value) ? found.value.filter((pause) => typeof pause === "string") : [];
    },
    async paused(scope, pauses) {
      for (;;) {
        const found = await state.get(pauseKey(scope));
        if (await state.compareAndSet(pauseKey(scope), found?.version, [...pauses])) return;
      }
    },
  };
}
