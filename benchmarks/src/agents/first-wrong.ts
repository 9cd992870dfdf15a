import type { Json } from "@writ/ir";
import { WRONG_KINDS, wrongDecisions, type ReplayedRun, type Replayer, type WrongKind } from "@writ/testing";

/** The first decision of a kind, in the order of the recordings, that the labels of a suite's runs call wrong. */
export interface FirstWrong {
  readonly suite: string;
  readonly kind: WrongKind;
  /** How many there are of this kind. */
  readonly of: number;
  readonly session: string;
  /** Place of the call in its run, from 0. */
  readonly call: number;
  readonly tool: string;
  readonly args: Json;
  /** Why, as `explain` says it. */
  readonly text: string;
}

/** Of each suite the first wrong decision of each kind, explained. */
export async function firstWrong(
  replayed: readonly ReplayedRun[],
  replayers: ReadonlyMap<string, Replayer>,
): Promise<readonly FirstWrong[]> {
  const found: FirstWrong[] = [];
  for (const [suite, replayer] of replayers)
    for (const kind of WRONG_KINDS) {
      const wrong = replayed
        .filter(({ trace }) => (trace.suite ?? "") === suite)
        .flatMap((run) => wrongDecisions(run).flatMap((one) => (one.kind === kind ? [{ run, at: one.call }] : [])));
      const [first] = wrong;
      const call = first?.run.trace.calls[first.at];
      if (first === undefined || call === undefined) continue;
      const { session } = first.run.trace;
      const { text } = await replayer.explain(first.run.trace, first.at);
      found.push({ suite, kind, of: wrong.length, session, call: first.at, tool: call.tool, args: call.args, text });
    }
  return found;
}
