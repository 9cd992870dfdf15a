import type { Bundle, Json } from "@writ/ir";
import {
  createGuard,
  GuardError,
  memoryAudit,
  memoryStore,
  type AuditSink,
  type Explanation,
  type FactFunction,
  type Guard,
  type HostPort,
  type Session,
} from "@writ/runtime";
import { fakeClock } from "../fakes/fake-clock.js";
import { declaredLabels } from "./declared-labels.js";
import { judgeCall, ran, type JudgedCall, type RecordedCall } from "./judge-call.js";
import { recordedWalls } from "./recorded-walls.js";

/** Claims of a person, as a host's authentication would prove them. */
export interface Person {
  readonly id: string;
  readonly [claim: string]: Json;
}

type Claims = { readonly [name: string]: Json };

/** Under what calls are replayed. */
export interface StageOptions {
  readonly bundle: Bundle;
  /** Values of the policy's params. */
  readonly params?: Claims | undefined;
  /** Who agrees where the policy asks; by default whoever the session is for. */
  readonly approvers?: readonly Person[] | undefined;
  /** What answers a fact; one that nobody answers fails, and the policy takes what it says for that. */
  readonly fact?: ((name: string) => FactFunction | undefined) | undefined;
  /** Keeps nothing of what is recorded: for a replay that is as long as a log. */
  readonly forgetful?: boolean | undefined;
}

/** Whose session a run is. */
export interface Role {
  readonly user: Person;
  readonly agent?: Claims | undefined;
  readonly claims?: Claims | undefined;
}

/** One session of a replay. */
export interface Part {
  /** What the user said. */
  said(text: string): void;
  /** Takes a call through the guard; what was recorded of it is known to the session afterwards, whatever was decided. */
  call(recorded: RecordedCall): Promise<JudgedCall>;
  /** Takes a call, and says why it is decided so, by what no rule says (a limit that is used up) too. */
  explain(recorded: RecordedCall): Promise<Explanation>;
  /** A session of another agent that acts for this one. */
  delegate(agent: Person): Promise<Part>;
}

/** A real guard with a log and a store in memory, whose tools give what was recorded. */
export interface Stage {
  begin(role: Role): Promise<Part>;
  close(): Promise<void>;
}

/** Opens a stage. Throws a {@link GuardError} for what no guard starts with: a policy that is none, a param that is missing. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { bundle, params, fact, forgetful = false } = options;
  const clock = fakeClock();
  let dated = false;
  let current: RecordedCall | undefined;
  const sandbox = recordedWalls(() =>
    current?.error === undefined
      ? { status: "done", result: current?.result }
      : { status: "failed", error: current.error, kind: "error" },
  );
  const guard = await createGuard({
    policy: unpinned(bundle),
    audit: forgetful ? forgettingAudit() : memoryAudit(),
    state: memoryStore(),
    clock,
    sandbox,
    breaker: NO_BREAKER,
    ...(params === undefined ? {} : { params }),
    facts: Object.fromEntries(bundle.facts.map(({ name }) => [name, fact?.(name) ?? unanswered])),
  });
  const made: Made = {
    options,
    guard,
    take: (recorded) => {
      current = recorded;
      const { at } = recorded;
      // Time goes on where a recording says so, and never back: a log's clock may have gone.
      if (at === undefined || (dated && at <= clock.now())) return;
      clock.set(at);
      dated = true;
    },
  };
  return {
    async begin({ user, agent, claims }) {
      const session = await guard.session({
        user,
        ...(agent === undefined ? {} : { agent }),
        ...(claims === undefined ? {} : { session: claims }),
      });
      return partOf(made, session, user);
    },
    close: () => guard.close(),
  };
}

interface Made {
  readonly options: StageOptions;
  readonly guard: Guard;
  /** Makes a call the one whose result tools give, at its time. */
  readonly take: (recorded: RecordedCall) => void;
}

/** What the policy decides is asked of every call: the breaker, which refuses unlooked at, is no part of it. */
const NO_BREAKER = { sameCall: 1e9, sameTool: 1e9, session: 1e9 };

/** Without pins: which tools a host has, and that they are as they were reviewed, no recording says. */
function unpinned(bundle: Bundle): Bundle {
  return { ...bundle, tools: bundle.tools.map((tool) => Object.assign({}, tool, { pin: undefined })) };
}

/** A log of which nothing is kept. */
function forgettingAudit(): AuditSink {
  let seq = 0;
  return {
    append: async () => ({ seq: seq++, hash: "0".repeat(64) }),
    doubtful: [],
    location: "memory",
    durability: "memory",
    close: async () => undefined,
  };
}

/** A fact that nobody answers here fails. */
async function unanswered(): Promise<never> {
  throw new Error("nobody knows");
}

function partOf(made: Made, session: Session, user: Person): Part {
  const { bundle } = made.options;
  const part: Part = {
    said: (text) => session.heard("user", text),
    async call(recorded) {
      made.take(recorded);
      const { judged, done } = await takeCall(made, session, user, recorded);
      // The model of the run read this result whatever we decided. One that did not come through the guard is text that
      // nobody vouches for: it is heard as such, with every label that the tool declares, and is never looser.
      if (!done || recorded.unknownResult === true)
        session.heard("unknown", recorded.error ?? textOf(recorded.result), {
          labels: declaredLabels(bundle, recorded.tool),
        });
      return judged;
    },
    async explain(recorded) {
      made.take(recorded);
      const explained = await session.explain({ tool: recorded.tool, args: recorded.args });
      const { effect, by, why } = await part.call(recorded);
      if (effect === explained.effect) return explained;
      const text = `${EFFECTS[effect]} by ${by.join(", ")}${why === "" ? "" : `: ${why}`}. By the rules alone:\n${explained.text}`;
      return { ...explained, effect, text };
    },
    delegate: async (agent) => partOf(made, await session.delegate({ agent }), user),
  };
  return part;
}

const EFFECTS = { allow: "Allowed", ask: "Asked about", forbid: "Refused" } as const;

function textOf(result: Json | undefined): string {
  return typeof result === "string" ? result : result === undefined ? "" : JSON.stringify(result);
}

async function takeCall(
  made: Made,
  session: Session,
  user: Person,
  recorded: RecordedCall,
): Promise<{ readonly judged: JudgedCall; readonly done: boolean }> {
  const { tool, args } = recorded;
  const port: HostPort = {
    execute: async () => {
      if (recorded.error !== undefined) throw new Error(recorded.error);
      return recorded.result;
    },
    withContent: (_, content) => content,
  };
  const first = await session.call({ tool, args }, port);
  const judged = judgeCall(tool, first);
  if (first.status !== "waiting") return { judged, done: ran(first) };
  if (recorded.agreed === false) return { judged, done: false };
  // Somebody agrees, so that the run goes on as it was recorded: what counts is that it was asked.
  if (!(await agreed(made, user, first.approval.id))) return { judged: { ...judged, unagreed: true }, done: false };
  const second = await session.call({ tool, args }, port);
  return { judged, done: ran(second) };
}

/** Whether those who are named can agree to it together. */
async function agreed({ guard, options }: Made, user: Person, approval: string): Promise<boolean> {
  for (const by of options.approvers ?? [user]) {
    const resolved = await guard.approvals.resolve(approval, { by, grant: true });
    if (resolved.ok && resolved.approval.status === "granted") return true;
  }
  return false;
}

/** Whether an error says that who calls is not as the policy declares it: then the run cannot be replayed, and others can. */
export function isIdentityFault(error: unknown): error is GuardError {
  return error instanceof GuardError && error.code === "identity_invalid";
}
