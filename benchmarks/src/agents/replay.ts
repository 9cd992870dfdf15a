import type { Bundle } from "@writ/ir";
import { loadPolicy } from "@writ/policy/node";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type Guard,
  type HostPort,
  type Outcome,
  type Session,
} from "@writ/runtime";
import { declaredLabels, undelimited } from "./results.js";
import type { AgentSuite } from "./suites.js";
import type { RecordedCall, Trace } from "./trace.js";
import type { World } from "./world.js";

/** What became of one recorded call. */
export interface Judged {
  readonly effect: "allow" | "ask" | "refuse";
  readonly tool: string;
  /** Rules that refused or asked, or `input`, `default`, `limit`, `withheld`. */
  readonly by: readonly string[];
  readonly why: string;
}

/** A trace and what became of each of its calls. */
export interface Replayed {
  readonly trace: Trace;
  readonly calls: readonly Judged[];
}

/** Takes the recorded calls of one suite through guards under its policy. */
export interface Replayer {
  replay(trace: Trace): Promise<Replayed>;
}

/** Loads a suite's policy. Rejects where it does not check. `world`: what the tools' host knew before the runs. */
export async function createReplayer(suite: AgentSuite, world: World): Promise<Replayer> {
  const { bundle } = await loadPolicy(suite.policy);
  return { replay: (trace) => replay({ suite, bundle, world }, trace) };
}

interface Staging {
  readonly suite: AgentSuite;
  readonly bundle: Bundle;
  readonly world: World;
}

/** One guard a trace, so that no limit or approval of one run is another's. */
async function replay({ suite, bundle, world }: Staging, trace: Trace): Promise<Replayed> {
  const facts = Object.fromEntries(bundle.facts.map(({ name }) => [name, world.fact(trace.suite, name) ?? unanswered]));
  const guard = await createGuard({ policy: bundle, audit: memoryAudit(), state: memoryStore(), facts });
  try {
    const session = await guard.session({ user: suite.user });
    session.heard("user", trace.prompt);
    const calls: Judged[] = [];
    for (const recorded of trace.calls) {
      const judged = await replayCall(suite, guard, session, recorded);
      // The model of the trace read this result whatever we decided. One that did not come through the guard is text
      // that nobody vouches for: it is heard as such, with every label that the tool declares, and is never looser.
      if (!judged.ran)
        session.heard("unknown", recorded.error ?? recorded.result, { labels: declaredLabels(bundle, recorded.tool) });
      calls.push(judged);
    }
    return { trace, calls };
  } finally {
    await guard.close();
  }
}

/** A fact that this host knows nothing of fails, and the policy takes what it says for that. */
async function unanswered(): Promise<never> {
  throw new Error("nobody knows");
}

async function replayCall(
  suite: AgentSuite,
  guard: Guard,
  session: Session,
  recorded: RecordedCall,
): Promise<Judged & { readonly ran: boolean }> {
  const { tool } = recorded;
  const port: HostPort = {
    execute: async () => {
      if (recorded.error !== undefined) throw new Error(recorded.error);
      return recorded.result;
    },
    content: (result) => (typeof result === "string" ? undelimited(result) : undefined),
    withContent: (_, content) => content,
  };
  const call = { tool, args: recorded.args };
  const first = await session.call(call, port);
  if (first.status !== "waiting") return { ...judge(tool, first), ran: ran(first) };
  // Somebody agrees, so that the run goes on as it was recorded: what is measured is that it was asked.
  await guard.approvals.resolve(first.approval.id, {
    by: suite.approver,
    grant: true,
  });
  const second = await session.call(call, port);
  return { ...judge(tool, first), ran: ran(second) };
}

function ran(outcome: Outcome): boolean {
  return outcome.status === "done" || (outcome.status === "failed" && outcome.cause === "error");
}

function judge(tool: string, outcome: Outcome): Judged {
  const why = outcome.explanation.join("; ");
  const of = (...kinds: readonly string[]): readonly string[] =>
    outcome.decision.reasons.flatMap(({ by, kind }) => (kinds.includes(kind) ? [by] : []));
  switch (outcome.status) {
    case "done":
      return { effect: "allow", tool, by: [], why: "" };
    case "waiting":
      return { effect: "ask", tool, by: of("ask", "demand", "tier"), why };
    case "failed":
      // A recorded error is no refusal; a result that a rule keeps back is one.
      return outcome.cause === "error"
        ? { effect: "allow", tool, by: [], why: "" }
        : { effect: "refuse", tool, by: [outcome.cause], why };
    case "refused": {
      const by = of("forbid", "input", "default", "limit", "tier");
      const { fault } = outcome.decision;
      return {
        effect: "refuse",
        tool,
        by: by.length > 0 ? by : [outcome.cause],
        why: fault === undefined ? why : `${fault.path}: ${fault.message}`,
      };
    }
  }
}
