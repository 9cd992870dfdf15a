import type { Bundle, Trace, TracedCall } from "@writ/ir";
import type { Explanation, FactFunction } from "@writ/runtime";
import type { JudgedCall, RecordedCall } from "./judge-call.js";
import { openStage, type Part, type Person, type Stage, type StageOptions } from "./stage.js";

export interface ReplayOptions extends Omit<StageOptions, "fact"> {
  /** Whose run it is where a trace does not say. */
  readonly user?: Person;
  /** What answers a fact in a run; the trace's own `facts` come before it. */
  readonly fact?: (name: string, trace: Trace) => FactFunction | undefined;
}

/** A recorded run and what became of each of its calls. */
export interface ReplayedRun {
  readonly trace: Trace;
  readonly calls: readonly JudgedCall[];
}

/** Takes recorded runs through real guards under one policy, each through a guard and a session of its own. */
export interface Replayer {
  readonly bundle: Bundle;
  /** Throws a `GuardError` `identity_invalid` where the run's claims are none that the policy declares. */
  replay(trace: Trace): Promise<ReplayedRun>;
  /** Why the call of this place is decided as it is, after all before it. */
  explain(trace: Trace, call: number): Promise<Explanation>;
}

const SOMEONE: Person = { id: "someone" };

/**
 * Takes recorded runs of agents through real guards. What the user said is heard as his words, calls go in as they were made,
 * and each gives what it gave then. Where the policy asks, somebody agrees; the result of a call that is not made is heard as
 * a text that nobody vouches for. Nothing runs. Throws a `GuardError` for a policy that no guard starts with.
 */
export async function createReplayer(options: ReplayOptions): Promise<Replayer> {
  const { bundle, fact, user = SOMEONE, ...rest } = options;
  const stageFor = (trace: Trace | undefined): Promise<Stage> =>
    openStage({
      ...rest,
      bundle,
      fact: (name) => {
        const facts = trace?.facts;
        if (facts !== undefined && Object.hasOwn(facts, name)) return () => facts[name] ?? null;
        return trace === undefined ? undefined : fact?.(name, trace);
      },
    });
  const trial = await stageFor(undefined);
  await trial.close();
  const on = async <T>(trace: Trace, work: (part: Part) => Promise<T>): Promise<T> => {
    const stage = await stageFor(trace);
    try {
      const part = await stage.begin({ ...trace, user: personOf(trace, user) });
      for (const text of trace.said ?? []) part.said(text);
      return await work(part);
    } finally {
      await stage.close();
    }
  };
  return {
    bundle,
    replay: (trace) =>
      on(trace, async (part) => {
        const calls: JudgedCall[] = [];
        for (const call of trace.calls) calls.push(await part.call(heard(part, call)));
        return { trace, calls };
      }),
    explain: (trace, at) =>
      on(trace, async (part) => {
        for (const call of trace.calls.slice(0, at)) await part.call(heard(part, call));
        const wanted = trace.calls[at];
        if (wanted === undefined) throw new RangeError(`the run has no call ${at}`);
        return part.explain(heard(part, wanted));
      }),
  };
}

/** The call, after the user said what he said before it. */
function heard(part: Part, { said = [], tool, args, result, error, at }: TracedCall): RecordedCall {
  for (const text of said) part.said(text);
  return { tool, args, result, error, at };
}

function personOf({ user }: Trace, otherwise: Person): Person {
  const id = user?.["id"];
  return typeof id === "string" ? { ...user, id } : otherwise;
}
