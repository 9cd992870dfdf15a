import type { Bundle } from "@writ/ir";
import {
  Comparing,
  explainAuditCall,
  replayAudit,
  score,
  type NotReplayed,
  type ReplayedAuditCall,
} from "@writ/testing";
import { countEffect, type First, type Replayed } from "./replayed.js";
import type { Candidate, ReplayGiven } from "./source.js";

/**
 * Replays an audit log. With one policy its decisions are compared with those of the log, with two the second's with the
 * first's (or, where the log was written under the first, with the log's); what may hang on something that the log does not hold is not compared.
 */
export async function replayLog(folder: string, policies: readonly Candidate[], given: ReplayGiven): Promise<Replayed> {
  const { approvers, facts, params, key } = given;
  const options = { approvers, facts, params, key };
  const comparing = new Comparing();
  const effects = { allowed: 0, asked: 0, refused: 0 };
  const notReplayed = new Map<NotReplayed, number>();
  const sessions = new Set<string>();
  let [unsure, unagreed] = [0, 0];
  let first: ReplayedAuditCall | undefined;
  const bundles = policies.map(({ bundle }) => bundle);
  const [digest] = policies.map(({ compiled }) => compiled.compilation.digest);
  for await (const taken of replayAudit(folder, bundles, options)) {
    if (taken.kind === "not_replayed") {
      notReplayed.set(taken.why, (notReplayed.get(taken.why) ?? 0) + 1);
      continue;
    }
    const { judged, recorded, tool, session } = taken;
    sessions.add(session);
    const now = judged.at(-1);
    // What the first policy decided then needs no second guess.
    const known = judged.length > 1 && taken.under === digest;
    const before = judged.length > 1 && !known ? judged[0] : recorded;
    const sure = known ? taken.sure.slice(1) : taken.sure;
    if (now === undefined || before === undefined) continue;
    countEffect(effects, now);
    unagreed += now.unagreed === true ? 1 : 0;
    if (!sure.every(Boolean)) unsure += 1;
    else if (comparing.add(tool, before, now)) first ??= taken;
  }
  return {
    runs: sessions.size,
    effects,
    unagreed,
    score: score([]),
    compared: comparing.result(),
    unsure,
    notReplayed,
    problems: [],
    problemCount: 0,
    wrong: new Map(),
    first: first === undefined ? undefined : await explained(folder, bundles, first, options),
  };
}

async function explained(
  folder: string,
  policies: readonly Bundle[],
  { seq, session, tool }: ReplayedAuditCall,
  options: Parameters<typeof explainAuditCall>[3],
): Promise<First> {
  const texts: string[] = [];
  for (const policy of policies) texts.push((await explainAuditCall(folder, policy, seq, options))?.text ?? "");
  return { why: "changed", place: `${folder}, record ${seq}`, session, tool, explained: texts };
}
