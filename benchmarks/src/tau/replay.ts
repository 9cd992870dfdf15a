import type { Bundle, Json } from "@writ/ir";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type FactFunction,
  type Guard,
  type HostPort,
  type Outcome,
  type Session,
} from "@writ/runtime";
import type { TauCall, TauRun } from "./run.js";
import type { Store } from "./store.js";

/** What became of one call of a correct run. */
export type Fate =
  /** It was made, and nobody was asked. */
  | "allowed"
  /** The customer was asked to confirm it, as the written policy says, and it was made. */
  | "confirmed"
  /** Some other rule asked. */
  | "asked"
  /** A rule whose conditions are all known refused it, or it does not fit its declaration. */
  | "refused"
  /** Only rules that lacked a fact nobody recorded refused it. */
  | "not judged";

/** A call, what became of it and why. */
export interface JudgedCall {
  readonly call: TauCall;
  readonly fate: Fate;
  /** The rules that asked or refused. */
  readonly by: readonly string[];
}

/** Who talks with the agent; what a host proves of a chat. */
const VISITOR = { id: "visitor", groups: ["customers", "travellers"] } as const;
/** The written policies ask the customer himself, and nobody else. */
const CONFIRMS = "confirmed";

/** Takes runs through one guard, each in a session of its own. */
export interface Replayer {
  replay(run: TauRun, store: Store): Promise<readonly JudgedCall[]>;
  close(): Promise<void>;
}

/** A guard under a policy whose facts are answered by the store of the run that is under way. Runs go one after another. */
export async function createReplayer(bundle: Bundle): Promise<Replayer> {
  let current: Store | undefined;
  const facts = Object.fromEntries(
    bundle.facts.map(({ name }): [string, FactFunction] => [
      name,
      async (...args) => {
        const answer = current?.facts[name];
        if (answer === undefined) throw new Error("nobody knows");
        return answer(...args);
      },
    ]),
  );
  const guard = await createGuard({ policy: bundle, audit: memoryAudit(), state: memoryStore(), facts });
  return {
    replay: async (run, store) => {
      current = store;
      return replayRun(guard, run, store);
    },
    close: () => guard.close(),
  };
}

async function replayRun(guard: Guard, run: TauRun, store: Store): Promise<readonly JudgedCall[]> {
  const session = await guard.session({ user: VISITOR });
  session.heard("user", run.instruction);
  const judged: JudgedCall[] = [];
  for (const call of run.calls) {
    store.before(call);
    judged.push(await judge(guard, session, call));
    // What was refused was done all the same when it was recorded: the shop goes on from there.
    store.after(call);
  }
  return judged;
}

async function judge(guard: Guard, session: Session, call: TauCall): Promise<JudgedCall> {
  const port: HostPort = {
    execute: async () => {
      if (call.error !== undefined) throw new Error(call.error);
      return call.text;
    },
    content: (result) => (typeof result === "string" ? result : undefined),
    withContent: (_, content) => content,
  };
  const asked = await session.call({ tool: call.tool, args: call.args }, port);
  if (asked.status !== "waiting") return { call, ...fateOf(asked, "allowed") };
  const by = reasons(asked, "ask", "demand");
  await guard.approvals.resolve(asked.approval.id, { by: VISITOR, grant: true });
  const made = await session.call({ tool: call.tool, args: call.args }, port);
  const fate = fateOf(made, by.every((rule) => rule === CONFIRMS) ? "confirmed" : "asked");
  return { call, fate: fate.fate, by: fate.by.length > 0 ? fate.by : by };
}

function fateOf(outcome: Outcome, otherwise: Fate): { readonly fate: Fate; readonly by: readonly string[] } {
  switch (outcome.status) {
    case "done":
      return { fate: otherwise, by: [] };
    case "failed":
      // The store's own refusal is no refusal of ours.
      return outcome.cause === "error" ? { fate: otherwise, by: [] } : { fate: "refused", by: [outcome.cause] };
    case "waiting":
      return { fate: "asked", by: reasons(outcome, "ask", "demand") };
    case "refused": {
      const { reasons: all } = outcome.decision;
      const refusing = all.filter(({ kind }) => ["forbid", "input", "default", "limit", "tier"].includes(kind));
      const known = refusing.filter(({ truth }) => truth === "true");
      const by = (known.length > 0 ? known : refusing).map((reason) => reason.by);
      if (known.length > 0 || refusing.length === 0)
        return { fate: "refused", by: by.length > 0 ? by : [outcome.cause] };
      return { fate: "not judged", by };
    }
  }
}

function reasons(outcome: Outcome, ...kinds: readonly string[]): readonly string[] {
  return outcome.decision.reasons.filter(({ kind }) => kinds.includes(kind)).map(({ by }) => by);
}

/** A value as the wire carries it, for a call that is changed on purpose. */
export function withArgument(call: TauCall, name: string, value: Json): TauCall {
  return { ...call, args: { ...(typeof call.args === "object" ? call.args : {}), [name]: value } };
}
