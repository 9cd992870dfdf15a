import { textsAt } from "../json-lines.js";
import { countCell, shareCell } from "../results/share-cell.js";
import type { Found, Gap, Row, Table } from "../results/suite-result.js";
import type { Fate, JudgedCall } from "./replay.js";
import type { Judged } from "./suite.js";

const FATES: readonly (readonly [Fate, string])[] = [
  ["allowed", "calls made, and nobody asked"],
  ["confirmed", "calls made once the customer had confirmed, as the words demand"],
  ["asked", "calls made once somebody agreed to what no sentence asks for"],
  ["not judged", "calls refused for want of a fact that nobody recorded"],
  ["refused", "calls refused"],
];

const METHOD: readonly string[] = [
  "The written policies of tau-bench's shop and airline are policies in benchmarks/policies/tau, written from the words. Correct runs go through guard sessions under them. Runs of retail hold only the calls that change something: the lookup that the words demand first is made with what the customer is said to give.",
  "No database comes with the runs. A fact is answered from recorded results, or from what the store did with the call, whose tool checks just that (implied); an answer of the second kind tries no rule. The last call of each run is then made wrong on purpose, where the store's taking it implies nothing.",
];

/** What became of correct runs, for reports. */
export function tauFound(suites: readonly Judged[], gaps: readonly Gap[]): Found {
  return {
    method: METHOD,
    inputs: Object.fromEntries(suites.map(({ suite, runs }) => [`runs of ${suite}`, runs.length])),
    tables: suites.flatMap((judged) => [
      fateTable(judged),
      factTable(judged),
      ...(judged.broken.length === 0 ? [] : [brokenTable(judged)]),
    ]),
    gaps,
  };
}

function fateTable({ suite, runs }: Judged): Table {
  const calls = runs.flatMap((run) => run.calls);
  const both = calls.filter(({ fate, call }) => fate === "refused" && call.error !== undefined);
  const passed = runs.filter((run) => !run.calls.some(touched));
  const by = Object.entries(Object.groupBy(calls.filter(touched), ({ by: rules }) => rules.join(", ")));
  const rows: readonly (readonly [string, number, number])[] = [
    ["runs that pass: nothing is refused that the store took, or asked beyond the words", passed.length, runs.length],
    ...FATES.map(([fate, words]) => [words, calls.filter((call) => call.fate === fate).length, calls.length] as const),
    ["of these, calls that the store refused as well", both.length, calls.length],
    ...by.map(([rules, list]) => [`correct calls touched by ${rules}`, list?.length ?? 0, calls.length] as const),
    ...watched(calls),
  ];
  return {
    id: `${suite}-runs`,
    title: `Correct runs of ${suite}`,
    words: "",
    columns: [{ name: "share", unit: "share" }],
    rows: rows.map(([name, hits, of]): Row => ({ name, kind: "ours", cells: [shareCell(hits, of)] })),
  };
}

/** What the rule `same_option` of retail, which is only watched, would refuse. */
function watched(calls: readonly JudgedCall[]): readonly (readonly [string, number, number])[] {
  const changes = calls.filter(({ call }) => textsAt(call.args, "new_item_ids").length > 0);
  const same = changes.filter(({ call }) => {
    const old = new Set(textsAt(call.args, "item_ids"));
    return textsAt(call.args, "new_item_ids").some((item) => old.has(item));
  });
  return changes.length === 0 ? [] : [["watched only: changes that name an item itself", same.length, changes.length]];
}

function factTable({ suite, answers }: Judged): Table {
  return {
    id: `${suite}-facts`,
    title: `Where the answers to facts of ${suite} stand`,
    words: "",
    columns: ["recorded", "implied", "unanswered"].map((name) => ({ name, unit: "count" }) as const),
    rows: [...answers.counts].map(([name, { recorded, implied, unanswered }]): Row => ({
      name,
      kind: "ours",
      cells: [recorded, implied, unanswered].map(countCell),
    })),
  };
}

function brokenTable({ suite, broken }: Judged): Table {
  return {
    id: `${suite}-broken`,
    title: `The last call of each run of ${suite}, made wrong on purpose`,
    words: "",
    columns: [{ name: "refused", unit: "share", better: "higher" }],
    rows: broken.map(({ what, of, refused, by }): Row => {
      const cell = shareCell(refused, of);
      return { name: what, kind: "ours", cells: [{ ...cell, note: `${cell.note ?? ""} by ${by.join(", ")}` }] };
    }),
  };
}

/** Whether a correct call was kept from passing: refused where the store took it, or asked about without need. */
export function touched({ fate, call }: JudgedCall): boolean {
  return fate === "asked" || fate === "not judged" || (fate === "refused" && call.error === undefined);
}
