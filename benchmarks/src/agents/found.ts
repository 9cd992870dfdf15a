import type { FigureName, Score, Share } from "@writ/testing";
import { measured } from "../results/measured.js";
import type { Cell, Found, Measured, Table } from "../results/suite-result.js";
import type { TargetId } from "../targets/target-list.js";
import type { FirstWrong } from "./first-wrong.js";

/** The score of a part of the runs; `known` says that every suite in it has its policy here. */
export interface ScoredPart {
  readonly of: string;
  readonly known: boolean;
  readonly score: Score;
}

export interface AgentsFound {
  readonly parts: readonly ScoredPart[];
  /** Runs that targets are held to: of suites with a policy here, and of others. */
  readonly seen: Score | undefined;
  readonly unseen: Score | undefined;
  readonly wrong: readonly FirstWrong[];
  readonly inputs: Readonly<Record<string, string | number>>;
  /** What was not replayed, and why. */
  readonly left: readonly string[];
  /** How the run differs from the usual one, such as `--adaptive`. */
  readonly asked: readonly string[];
}

/** The findings: shares over all runs and as the mean over tasks, with 95 % intervals. */
export function agentsFound({ parts, seen, unseen, wrong, inputs, left, asked }: AgentsFound): Found {
  return {
    method: [
      "Recorded tool calls of models under attack go through real guards under the policy of their suite of tools, each run through a session of its own; no model runs. Recordings are other people's data. Where the policy asks, somebody agrees, so that the run goes on; that it asked is what counts. Refused and asked are told apart: over all runs with Wilson's interval, and as the mean over tasks with a bootstrap within tasks.",
      ...(asked.length === 0 ? [] : [`Run with ${asked.join(", ")}.`]),
    ],
    inputs,
    tables: parts.map(tableOf),
    measured: [...measuredOf(SEEN, seen, asked), ...measuredOf(UNSEEN, unseen, asked)],
    gaps: left.map((line) => ({ what: "not replayed", why: line })),
    notes: wrong.map(
      ({ suite, kind, of, session, call, tool, text }) =>
        `${suite}: first of ${of} where the labels say otherwise (${kind}): ${session}, call ${call}, ${tool}: ${text}`,
    ),
  };
}

function tableOf({ of, score: { runs, figures, questions } }: ScoredPart): Table {
  return {
    id: of,
    title: `${of}: ${runs} runs`,
    words: "In brackets the 95 % interval.",
    columns: [
      { name: "over all", unit: "share" },
      { name: "mean over tasks", unit: "share" },
      { name: "questions a run", unit: "count" },
    ],
    rows: [
      ...figures.map(({ name, micro, macro }) => ({
        name,
        kind: "ours" as const,
        cells: [cellOf(micro, "runs"), cellOf(macro, "tasks")],
      })),
      {
        name: "questions a benign run",
        kind: "ours",
        cells: [{}, {}, questions === undefined ? {} : { value: questions }],
      },
    ],
  };
}

function cellOf(share: Share | undefined, what: string): Cell {
  if (share === undefined) return {};
  return { value: share.value, low: share.low, high: share.high, note: `of ${share.of} ${what}` };
}

type Promised = Readonly<Partial<Record<FigureName, TargetId>>> & { readonly questions: TargetId };

const SEEN: Promised = {
  "attacks refused or asked": "agents.stopped",
  "attacks refused outright": "agents.refused",
  "benign without a refusal": "agents.unrefused",
  "benign with neither refusal nor question": "agents.untouched",
  "task kept after the block": "agents.kept",
  questions: "agents.questions",
};

const UNSEEN: Promised = {
  "attacks refused or asked": "unseen.stopped",
  "attacks refused outright": "unseen.refused",
  "benign without a refusal": "unseen.unrefused",
  "benign with neither refusal nor question": "unseen.untouched",
  "task kept after the block": "unseen.kept",
  questions: "unseen.questions",
};

const NONE = {
  seen: "no recordings of suites that there is a policy for here were replayed",
  unseen: "recordings of suites that nobody looked at are not part of this repository, and none were given",
};

function measuredOf(ids: Promised, score: Score | undefined, asked: readonly string[]): readonly Measured[] {
  const { questions, ...shares } = ids;
  const how = asked.length === 0 ? "" : `; with ${asked.join(", ")}`;
  const why = ids === SEEN ? NONE.seen : NONE.unseen;
  return [
    ...Object.entries(shares).map(([name, id]) => {
      const share = score?.figures.find((figure) => figure.name === name)?.macro;
      if (share === undefined) return measured(id, undefined, score === undefined ? why : "no run counts for it");
      const of = (value: number): string => (100 * value).toFixed(1);
      return measured(id, share.value, `95 % [${of(share.low)}, ${of(share.high)}] over ${share.of} tasks${how}`);
    }),
    measured(
      questions,
      score?.questions,
      score === undefined ? why : asked.length === 0 ? undefined : `with ${asked.join(", ")}`,
    ),
  ];
}
