import { textAt, textsAt } from "../json-lines.js";
import { withLookup } from "./lookup.js";
import { withArgument, type JudgedCall, type Replayer } from "./replay.js";
import type { RetailRecords } from "./retail-records.js";
import { RetailStore } from "./retail-store.js";
import type { TauCall, TauRun } from "./run.js";
import { Answers } from "./store.js";

/** Correct calls with one thing made wrong, and how many of them a rule refused. */
export interface Broken {
  /** What was made wrong. */
  readonly what: string;
  readonly of: number;
  readonly refused: number;
  /** The rules that refused. */
  readonly by: readonly string[];
}

/** The run with a call that breaks a rule in the place of its last; undefined where it cannot be broken so. */
type Break = (run: TauRun, last: TauCall, records: RetailRecords) => TauRun | undefined;

const BREAKS: Readonly<Record<string, Break>> = {
  "no customer was located": (run, last) => replaced(run, last),
  "somebody else was located": (run, last) => {
    const stranger: TauRun = { ...run, user: "nobody_known_0" };
    return replaced(withLookup(stranger), last);
  },
  "the same change twice": (run, last) => {
    const located = withLookup(run);
    return { ...located, calls: [...located.calls, last] };
  },
  "an order of another customer": (run, last, records) => {
    const order = [...records.orders].find(([, { owner }]) => owner !== run.user)?.[0];
    return order === undefined ? undefined : replaced(withLookup(run), withArgument(last, "order_id", order));
  },
  "a payment method of another customer": (run, last, records) => {
    if (textAt(last.args, "payment_method_id") === undefined) return undefined;
    const own = records.methods.get(run.user);
    const method = [...records.methods.values()]
      .flatMap((all) => Array.from(all))
      .find((one) => own?.has(one) !== true);
    return method === undefined
      ? undefined
      : replaced(withLookup(run), withArgument(last, "payment_method_id", method));
  },
  "an item that the order does not hold": (run, last, records) => {
    const [items, own] = [textsAt(last.args, "item_ids"), records.orders.get(textAt(last.args, "order_id") ?? "")];
    if (items.length === 0 || own === undefined || own.items.length === 0) return undefined;
    const other = [...records.items.keys()].find((item) => !own.items.includes(item)) ?? "";
    return replaced(withLookup(run), withArgument(last, "item_ids", [other, ...items.slice(1)]));
  },
  "a new item of another product": (run, last, records) => {
    const [old] = textsAt(last.args, "item_ids");
    const [, ...rest] = textsAt(last.args, "new_item_ids");
    const product = records.items.get(old ?? "")?.product;
    if (product === undefined || textsAt(last.args, "new_item_ids").length === 0) return undefined;
    const other = [...records.items].find(([, item]) => item.product !== product)?.[0] ?? "";
    return replaced(withLookup(run), withArgument(last, "new_item_ids", [other, ...rest]));
  },
};

/** The run up to its last call, and another call in its place. */
function replaced(run: TauRun, last: TauCall): TauRun {
  return { ...run, calls: [...run.calls.slice(0, -1), last] };
}

/** Breaks the last call of each correct run of retail in every way there is. Its own acceptance implies nothing then. */
export async function breakRuns(
  replayer: Replayer,
  runs: readonly TauRun[],
  records: RetailRecords,
): Promise<readonly Broken[]> {
  const all: Broken[] = [];
  for (const [what, change] of Object.entries(BREAKS)) {
    const last: JudgedCall[] = [];
    for (const run of runs) {
      const final = run.calls.at(-1);
      if (final === undefined || final.error !== undefined || /^(?:find|get|list)_/.test(final.tool)) continue;
      const broken = change(run, { ...final, error: "made wrong on purpose" }, records);
      const judged =
        broken === undefined ? undefined : await replayer.replay(broken, new RetailStore(records, new Answers()));
      const outcome = judged?.at(-1);
      if (outcome !== undefined) last.push(outcome);
    }
    const refused = last.filter(({ fate }) => fate === "refused");
    all.push({
      what,
      of: last.length,
      refused: refused.length,
      by: [...new Set(refused.flatMap(({ by }) => by))].toSorted(),
    });
  }
  return all;
}
