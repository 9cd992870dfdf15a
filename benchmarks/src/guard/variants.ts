import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryAudit, memoryStore, type AuditSink, type Session } from "@writ/runtime";
import { fileAudit } from "@writ/runtime/node";
import type { Bundle } from "@writ/ir";
import type { Engine } from "../decision/engine.js";
import { ENGINES } from "../decision/engines.js";
import { AGENT, agentContext, engineMaker } from "../decision/engines/agent-governance.js";
import { loopOver } from "../decision/loop.js";
import { isAllowed, type Workload } from "../decision/rule.js";
import { spreadWorkload } from "../decision/workload.js";
import { writPolicy } from "../decision/writ-policy.js";
import { sessionCall, SESSION_IDENTITY, SESSION_POLICY, SESSION_WORDS } from "./session-policy.js";

/** Something that stands around a tool that does nothing. */
export interface Variant {
  readonly name: string;
  /** What each of its calls is: a read is not waited for, an effect is durable before it runs. */
  readonly kind: "memory" | "file" | "durable" | "peer";
  /** Opens a fresh one. */
  readonly open: (folders: Folders) => Promise<Opened>;
}

export interface Folders {
  /** A fresh one for the log. */
  readonly log: string;
  /** Where the inputs of the peers lie (`writeInputs`). */
  readonly inputs: string;
}

export interface Opened {
  /** The n-th call, to its end; rejects where the tool did not run. */
  readonly call: (n: number) => Promise<unknown>;
  /** Where a session keeps labels, history and limits: the n-th call is decided and its limits are taken, and nothing is recorded or run. */
  readonly decide?: (n: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The tool: what it costs bare is taken off. */
export async function emptyTool(): Promise<null> {
  return null;
}

const RULES = 100;

export const VARIANTS: readonly Variant[] = [
  {
    name: "Writ, 100 rules, log and store in memory",
    kind: "memory",
    open: () => openRules("read", memoryAudit()),
  },
  {
    name: "Writ, labels, limits and history, log and store in memory",
    kind: "memory",
    open: () => openSession(memoryAudit()),
  },
  {
    name: "Writ, 100 rules, log in files, calls that read",
    kind: "file",
    open: async ({ log }) => openRules("read", await fileAudit(log)),
  },
  {
    name: "Writ, labels, limits and history, log in files, nine of ten calls read",
    kind: "file",
    open: async ({ log }) => openSession(await fileAudit(log)),
  },
  {
    name: "Writ, 100 rules, log in files, calls with an effect: durable before they run",
    kind: "durable",
    open: async ({ log }) => openRules("write", await fileAudit(log)),
  },
  ...ENGINES.filter(({ name }) => name !== "Writ").map((engine): Variant => ({
    name: `${engine.name}, ${engine.form}; no record`,
    kind: "peer",
    open: ({ inputs }) => openPeer(engine, inputs),
  })),
  {
    name: "Microsoft AGT, as is; its log in memory",
    kind: "peer",
    open: openAgentGovernance,
  },
];

async function openRules(effect: "read" | "write", audit: AuditSink): Promise<Opened> {
  const workload = guardWorkload();
  const guard = await createGuard({
    policy: await compiled(writPolicy(workload, effect)),
    audit,
    state: memoryStore(),
  });
  const session = await guard.session({ user: ONE_USER });
  const { requests } = workload;
  return {
    call(n) {
      const request = requests[n % requests.length];
      return done(session, { tool: request?.tool ?? "", args: request?.args }, emptyTool);
    },
    close: () => guard.close(),
  };
}

/** A session with labels, limits and history, over any log. */
export async function openSession(audit: AuditSink): Promise<Opened> {
  const state = memoryStore();
  const guard = await createGuard({ policy: await compiled(SESSION_POLICY), audit, state });
  const session = await guard.session(SESSION_IDENTITY);
  session.heard("user", SESSION_WORDS);
  let taken = 0;
  return {
    call(n) {
      const { tool, args, result } = sessionCall(n);
      return done(session, { tool, args }, async () => result);
    },
    async decide(n) {
      const { tool, args } = sessionCall(n);
      const checked = await session.check({ tool, args });
      if (checked.status !== "clear") throw new Error(`${tool} is not cleared but ${checked.status}`);
      taken += 1;
      const id = `decided-${taken}`;
      if (!(await state.reserve(id, TWO_LIMITS, Date.now())).ok) throw new Error("a limit is used up");
      await state.commit(id, Date.now());
    },
    close: () => guard.close(),
  };
}

/** Two limits as the policy of the session has them, which a check leaves out. */
const TWO_LIMITS = [
  { key: "bench/calls per hour by user/bob", count: 1e9, window: 3_600_000 },
  { key: "bench/calls per session/one", count: 1e9, window: "session" },
] as const;

async function openPeer(engine: Engine, inputs: string): Promise<Opened> {
  const workload = guardWorkload();
  const loop = await (await engine.prepare(workload, inputs)).load(loopOver);
  return {
    async call(n) {
      if (!(await loop.decide(n % loop.calls))) throw new Error(`${engine.name} refuses`);
      return emptyTool();
    },
    close: async () => {},
  };
}

/** Its policy engine and its log, one after the other: its own client does that around rules without conditions. */
async function openAgentGovernance(): Promise<Opened> {
  const { AuditLogger } = await import("@microsoft/agent-governance-sdk");
  const { rules, rulesOf, requests } = guardWorkload();
  const engine = (await engineMaker())(rules);
  const log = new AuditLogger();
  const contexts = requests.map((request) => agentContext(request, rulesOf.get(request.tool) ?? []));
  return {
    async call(n) {
      const context = contexts[n % contexts.length];
      if (context === undefined) throw new Error("there are no calls");
      const { allowed } = engine.evaluatePolicy(AGENT, context);
      log.log({ agentId: AGENT, action: context.tool, decision: allowed ? "allow" : "deny" });
      if (!allowed) throw new Error("Microsoft AGT refuses");
      return emptyTool();
    },
    close: async () => {},
  };
}

const ONE_USER = { id: "user-1", roles: ["employee"] };

/** Rules as for a decision alone, and of the calls those that one person may make: a session has one. */
export function guardWorkload(): Workload {
  const workload = spreadWorkload({ rules: RULES });
  const requests = workload.requests
    .map((request) => ({ ...request, user: ONE_USER.id, roles: ONE_USER.roles }))
    .filter((request) => isAllowed(workload.rulesOf.get(request.tool) ?? [], request));
  return { ...workload, requests, expected: requests.map(() => true) };
}

async function done(
  session: Session,
  call: Parameters<Session["call"]>[0],
  tool: () => Promise<unknown>,
): Promise<unknown> {
  const outcome = await session.call(call, tool);
  if (outcome.status !== "done")
    throw new Error(`${call.tool} ended ${outcome.status}: ${outcome.explanation.join("; ")}`);
  return outcome.result;
}

const bundles = new Map<string, Bundle>();

async function compiled(text: string): Promise<Bundle> {
  const known = bundles.get(text);
  if (known !== undefined) return known;
  const { bundle, diagnostics } = await compile("bench.policy", memoryHost({ "bench.policy": text }));
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  bundles.set(text, bundle);
  return bundle;
}
