import { wilson } from "@writ/testing";
import { measured } from "../results/measured.js";
import { shareCell } from "../results/share-cell.js";
import type { Cell, Column, Found } from "../results/suite-result.js";
import type { Group, Scores } from "./suite.js";

/** What a corpus calls results of tools. */
const TOOL_OUTPUT = /\btool_(?:result|output)\b/;

/** The findings of the detector `injection`: what it flagged, by group of texts. */
export function detectorsFound(scores: Scores, left: number, texts: number): Found {
  const output = scores.groups.filter(({ group, injection }) => !injection && TOOL_OUTPUT.test(group));
  const flagged = sum(output, (group) => group.flagged);
  const of = sum(output, (group) => group.of);
  const share = wilson(flagged, of);
  const [right, attacks] = counts(scores.groups.filter(({ injection }) => injection));
  const [wrong, benign] = counts(scores.groups.filter(({ injection }) => !injection));
  return {
    method: [
      "The detector `injection` is asked of texts that others labelled, which are no part of this repository. It was written while these texts were looked at, so they say what it is for and not how it does on others. It finds texts that say what they are, and none that ask politely: it is a signal, and flows are what holds. Intervals are Wilson's, 95 %.",
    ],
    inputs: { texts },
    tables: [
      {
        id: "groups",
        title: "What was flagged, by group of texts",
        words: "",
        columns: COLUMNS,
        rows: scores.groups.map((group) => ({
          name: `${group.injection ? "injection" : "benign"}: ${group.group}`,
          kind: "ours",
          cells: [flaggedOf(group), { value: group.of }],
        })),
      },
      {
        id: "all",
        title: "All together",
        words: "",
        columns: [{ name: "share", unit: "share" }],
        rows: [
          { name: "precision", kind: "ours", cells: [shareCell(right, right + wrong)] },
          { name: "recall", kind: "ours", cells: [shareCell(right, attacks)] },
          { name: "benign texts flagged", kind: "ours", cells: [shareCell(wrong, benign)] },
          { name: "benign results of tools flagged", kind: "ours", cells: [shareCell(flagged, of)] },
        ],
      },
    ],
    measured: [
      measured(
        "detector.false-positives",
        share?.value,
        share === undefined
          ? "none of these texts are results of tools"
          : `${flagged} of ${of}, 95 % [${(100 * share.low).toFixed(1)}, ${(100 * share.high).toFixed(1)}]`,
      ),
      measured(
        "detector.published",
        0,
        "published for texts that it was written by; there are no others here to measure it on",
      ),
    ],
    gaps: left === 0 ? [] : [{ what: `${left} lines`, why: "they are no labelled texts" }],
  };
}

const COLUMNS: readonly Column[] = [
  { name: "flagged", unit: "share" },
  { name: "texts", unit: "count" },
];

function flaggedOf({ flagged, of }: Group): Cell {
  const share = wilson(flagged, of);
  return share === undefined ? {} : { value: share.value, low: share.low, high: share.high, note: `${flagged}` };
}

function counts(groups: readonly Group[]): readonly [flagged: number, of: number] {
  return [sum(groups, (group) => group.flagged), sum(groups, (group) => group.of)];
}

function sum(groups: readonly Group[], of: (group: Group) => number): number {
  return groups.reduce((total, group) => total + of(group), 0);
}
