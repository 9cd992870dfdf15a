import { wilson } from "@writ/testing";
import { textsAt } from "../json-lines.js";
import type { Fate, JudgedCall } from "./replay.js";
import type { Judged } from "./suite.js";

const FATES: readonly (readonly [Fate, string])[] = [
  ["allowed", "made, nobody asked"],
  ["confirmed", "made, once the customer confirmed (the written policy says so)"],
  ["asked", "made, once somebody agreed to what no sentence asks for"],
  ["not judged", "refused for want of a fact that nobody recorded"],
  ["refused", "refused"],
];

/** What became of correct runs, as a terminal shows it. */
export function report(suites: readonly Judged[]): string {
  return suites.flatMap(lines).join("\n");
}

function lines({ suite, runs, answers, broken }: Judged): readonly string[] {
  const calls = runs.flatMap((run) => run.calls);
  const both = calls.filter(({ fate, call }) => fate === "refused" && call.error !== undefined);
  const wrong = runs.filter((run) => run.calls.some(touched));
  const untouched = runs.length - wrong.length;
  return [
    `tau, ${suite}: ${runs.length} correct runs, ${calls.length} calls`,
    ...FATES.map(([fate, words]) => row(words, calls.filter((call) => call.fate === fate).length, calls.length)),
    row("  of the refused, refused by the store as well", both.length, calls.length),
    row("runs of which no call is refused that the store took", untouched, runs.length),
    ...Object.entries(Object.groupBy(calls.filter(touched), ({ by }) => by.join(", "))).map(
      ([by, list]) => `  by ${by}: ${list?.length ?? 0}, such as ${list?.[0]?.call.tool ?? ""}`,
    ),
    ...watched(calls),
    "",
    "facts the policy asks, and where the answer stands:       recorded   implied  unanswered",
    ...[...answers.counts].map(
      ([fact, { recorded, implied, unanswered }]) =>
        `  ${fact.padEnd(52)}${String(recorded).padStart(12)}${String(implied).padStart(10)}${String(unanswered).padStart(12)}`,
    ),
    "  (implied: the store took the call, and its tool checks just that; such an answer tries no rule)",
    ...(broken.length === 0 ? [] : ["", "the last call of each correct run, made wrong on purpose:"]),
    ...broken.map(({ what, of, refused, by }) => `${row(what, refused, of)}  ${by.join(", ")}`),
    "",
  ];
}

/** Whether a correct call was kept from passing: refused where the store took it, or asked about without need. */
export function touched({ fate, call }: JudgedCall): boolean {
  return fate === "asked" || fate === "not judged" || (fate === "refused" && call.error === undefined);
}

/** What the rule `same_option` of retail, which is only watched, would refuse. */
function watched(calls: readonly JudgedCall[]): readonly string[] {
  const changes = calls.filter(({ call }) => textsAt(call.args, "new_item_ids").length > 0);
  const same = changes.filter(({ call }) => {
    const old = new Set(textsAt(call.args, "item_ids"));
    return textsAt(call.args, "new_item_ids").some((item) => old.has(item));
  });
  return changes.length === 0
    ? []
    : [row("watched only: changes that name an item itself", same.length, changes.length)];
}

function row(words: string, hits: number, of: number): string {
  const share = wilson(hits, of);
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const bounds = share === undefined ? "" : `${percent(share.value)}  [${percent(share.low)}, ${percent(share.high)}]`;
  return `${words.padEnd(66)}${`${hits} of ${of}`.padStart(14)}  ${bounds}`;
}
