import type { Arguments } from "../arguments.js";
import { EXIT, worst, type ExitCode } from "../exit-codes.js";
import { Fault } from "../fault.js";
import type { Replayed } from "./replayed.js";
import { mendable, readGiven, type Candidate, type Source } from "./source.js";

/** Replays recorded calls under one policy or two. Throws a {@link Fault} where none of them can be replayed. */
export async function runReplay(args: Arguments, source: Source, policies: readonly Candidate[]): Promise<Replayed> {
  const given = await readGiven(args, source);
  requireDeclared("params", Object.keys(given.params), policies);
  requireDeclared("facts", Object.keys(given.facts), policies);
  const replayed = await mendable(async () => {
    if (source.kind === "log") {
      if (given.user !== undefined)
        throw new Fault("--user is for runs that name no user; a log names its sessions' users");
      const { replayLog } = await import("./replay-log.js");
      return replayLog(source.path, policies, given);
    }
    const { replayTraces } = await import("./replay-traces.js");
    return replayTraces(
      source.path,
      policies.map(({ bundle }) => bundle),
      given,
    );
  });
  if (isEmpty(replayed))
    throw new Fault(
      `${source.path} holds no recorded call`,
      "give runs (docs/replay.md) or the folder of an audit log",
    );
  return replayed;
}

/** A misspelt name must not pass for one that was given. */
function requireDeclared(what: "params" | "facts", names: readonly string[], policies: readonly Candidate[]): void {
  const declared = new Set(policies.flatMap(({ bundle }) => bundle[what].map(({ name }) => name)));
  const unknown = names.find((name) => !declared.has(name));
  if (unknown !== undefined) throw new Fault(`--${what} gives ${unknown}, which no policy declares`);
}

/** Nothing was there at all: what could not be used is said, and is not nothing. */
function isEmpty({ runs, problemCount, notReplayed }: Replayed): boolean {
  return runs === 0 && problemCount === 0 && notReplayed.size === 0;
}

/** `isWrong`: the labels, or what a decision is compared with, say otherwise. */
export function codeOf({ problemCount, effects }: Replayed, isWrong: boolean): ExitCode {
  const none = effects.allowed + effects.asked + effects.refused === 0;
  return worst([problemCount > 0 || none ? EXIT.fault : EXIT.ok, isWrong ? EXIT.refused : EXIT.ok]);
}
