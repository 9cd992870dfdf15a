import type { Bundle, Trace } from "@writ/ir";
import {
  Comparing,
  createReplayer,
  isIdentityFault,
  readTraces,
  score,
  WRONG_KINDS,
  wrongDecisions,
  type PlacedTrace,
  type ReplayedRun,
  type Replayer,
  type WrongKind,
} from "@writ/testing";
import { countEffect, MAX_PROBLEMS, type First, type Problem, type Replayed } from "./replayed.js";
import { paramsOf, type ReplayGiven } from "./source.js";

/** A decision to look at, until it is known whether it is the one to show. */
interface Seen {
  readonly placed: PlacedTrace;
  readonly call: number;
}

/**
 * Replays recorded runs. With one policy its decisions are compared with those that were recorded, with two the second's
 * with the first's.
 */
export async function replayTraces(path: string, policies: readonly Bundle[], given: ReplayGiven): Promise<Replayed> {
  const replayers = await replayersOf(policies, given);
  const comparing = new Comparing();
  const effects = { allowed: 0, asked: 0, refused: 0 };
  const problems: Problem[] = [];
  const wrong = new Map<WrongKind, number>();
  const first = new Map<First["why"], Seen>();
  const light: ReplayedRun[] = [];
  let [problemCount, unagreed] = [0, 0];
  const problem = (found: Problem): void => {
    problemCount += 1;
    if (problems.length < MAX_PROBLEMS) problems.push(found);
  };
  for await (const read of readTraces(path)) {
    if (!("trace" in read)) {
      problem(read);
      continue;
    }
    const { trace, file, line } = read;
    try {
      const replayed = [];
      for (const replayer of replayers) replayed.push((await replayer.replay(trace)).calls);
      const judged = replayed.at(-1) ?? [];
      for (const [call, now] of judged.entries()) {
        countEffect(effects, now);
        unagreed += now.unagreed === true ? 1 : 0;
        const before = replayed.length > 1 ? replayed[0]?.[call] : trace.calls[call]?.decision;
        if (before !== undefined && comparing.add(now.tool, before, now) && !first.has("changed"))
          first.set("changed", { placed: read, call });
      }
      const run = { trace, calls: judged };
      for (const { kind, call } of wrongDecisions(run)) {
        wrong.set(kind, (wrong.get(kind) ?? 0) + 1);
        if (!first.has(kind)) first.set(kind, { placed: read, call });
      }
      light.push({ trace: labelsOf(trace), calls: judged });
    } catch (error) {
      if (!isIdentityFault(error)) throw error;
      const help = "give the run a user whom the policy's identity declares, or --user where it has none";
      problem({ code: "identity_invalid", file, line, path: "user", message: error.message, help });
    }
  }
  const kinds: readonly First["why"][] =
    policies.length > 1 ? ["changed"] : ["attack_allowed", "benign_refused", "changed", ...WRONG_KINDS];
  const why = kinds.find((kind) => first.has(kind));
  return {
    runs: light.length,
    effects,
    unagreed,
    score: score(light),
    compared: comparing.result(),
    unsure: 0,
    notReplayed: new Map(),
    problems,
    problemCount,
    wrong,
    first: why === undefined ? undefined : await explained(replayers, why, first.get(why)),
  };
}

async function replayersOf(policies: readonly Bundle[], given: ReplayGiven): Promise<readonly Replayer[]> {
  const { user, approvers, facts, params } = given;
  return Promise.all(
    policies.map(async (bundle) =>
      createReplayer({
        bundle,
        params: paramsOf(bundle, params),
        ...(user === undefined ? {} : { user }),
        ...(approvers === undefined ? {} : { approvers }),
        fact: (name) => (Object.hasOwn(facts, name) ? () => facts[name] ?? null : undefined),
      }),
    ),
  );
}

/** What scores look at, without what was called and came back. */
function labelsOf({ format, session, suite, task, attack, uses }: Trace): Trace {
  return { format, session, suite, task, attack, uses, calls: [] };
}

async function explained(
  replayers: readonly Replayer[],
  why: First["why"],
  seen: Seen | undefined,
): Promise<First | undefined> {
  if (seen === undefined) return undefined;
  const { placed, call } = seen;
  const { trace, file, line } = placed;
  const texts = [];
  for (const replayer of replayers) texts.push((await replayer.explain(trace, call)).text);
  const { session } = trace;
  return {
    why,
    place: `${file}:${line}, call ${call}`,
    session,
    tool: trace.calls[call]?.tool ?? "",
    explained: texts,
  };
}
