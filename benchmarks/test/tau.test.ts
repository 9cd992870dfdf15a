import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { begin, resultOf } from "../src/results/contribute.js";
import { readSuite } from "../src/results/read-result.js";
import { withLookup } from "../src/tau/lookup.js";
import type { Fate } from "../src/tau/replay.js";
import { touched } from "../src/tau/found.js";
import { readRun, type TauRun } from "../src/tau/run.js";
import { judgeSuite, tauSuite } from "../src/tau/suite.js";

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map(async (made) => rm(made, { recursive: true })));
});

const ORDER = "#W1";
const details = (status: string, more: object = {}): object => ({
  order_id: ORDER,
  user_id: "ann_lee_1",
  items: [
    { item_id: "i1", product_id: "p1", price: 20 },
    { item_id: "i2", product_id: "p2", price: 5 },
  ],
  status,
  payment_history: [{ transaction_type: "payment", amount: 25, payment_method_id: "paypal_1" }],
  ...more,
});
const call = (tool: string, args: object, result: object | string): object => ({
  tool,
  args,
  result: typeof result === "string" ? result : JSON.stringify(result),
  error: null,
});
const exchange = (
  item: string,
  wanted: string,
  by = "paypal_1",
  result: object | string = details("exchange requested"),
) =>
  call(
    "exchange_delivered_order_items",
    { order_id: ORDER, item_ids: [item], new_item_ids: [wanted], payment_method_id: by },
    result,
  );
const cancel = (order: string, result: object | string = details("cancelled")): object =>
  call("cancel_pending_order", { order_id: order, reason: "no longer needed" }, result);

function run(...calls: readonly object[]): TauRun {
  const read = readRun({
    id: "r",
    suite: "tau_retail",
    user_id: "ann_lee_1",
    instruction: "Your name is Ann Lee and your zip code is 12345. Exchange the lamp.",
    calls,
  });
  if (read === undefined) throw new Error("no run");
  return read;
}

async function fates(...runs: readonly TauRun[]): Promise<readonly (readonly [Fate, string])[]> {
  const { runs: judged } = await judgeSuite("retail", runs);
  return judged.flatMap(({ calls }) => calls.map(({ fate, by }) => [fate, by.join(" ")] as const));
}

test("a correct run passes: the lookup that it leaves out is made, the customer confirms the change", async () => {
  expect(await fates(run(exchange("i1", "i9")))).toEqual([
    ["allowed", ""],
    ["confirmed", "confirmed"],
  ]);
  const lookup = withLookup(run(exchange("i1", "i9"))).calls[0];
  expect(lookup).toMatchObject({
    tool: "find_user_id_by_name_zip",
    args: { first_name: "Ann", last_name: "Lee", zip: "12345" },
  });
  const mailed = { ...run(exchange("i1", "i9")), instruction: "You are Ann, ann.lee@example.com, and want a refund." };
  expect(withLookup(mailed).calls[0]).toMatchObject({ args: { email: "ann.lee@example.com" } });
  const own = { ...mailed, calls: [{ ...withLookup(mailed).calls[0]!, tool: "find_user_id_by_email" }] };
  expect(withLookup(own)).toBe(own);
});

test("exchange and return are called once for an order, however its status is told", async () => {
  const again = await fates(run(exchange("i1", "i9"), exchange("i2", "i8", "paypal_1", details("delivered"))));
  expect(again[2]).toEqual(["refused", "not_delivered"]);
  // A store whose status lags behind: what was granted counts.
  const lagging = details("delivered");
  const twice = await fates(run(exchange("i1", "i9", "paypal_1", lagging), exchange("i2", "i8", "paypal_1", lagging)));
  expect(twice.slice(1)).toEqual([
    ["confirmed", "confirmed"],
    ["refused", "limit"],
  ]);
});

test("what the store refused for its gift card is refused, and is no correct run that is touched", async () => {
  const short = exchange(
    "i1",
    "i9",
    "gift_card_1",
    "Error: insufficient gift card balance to pay for the price difference",
  );
  const { runs } = await judgeSuite("retail", [run(short)]);
  const judged = runs[0]?.calls[1];
  expect(judged).toMatchObject({ fate: "refused", by: ["card_below_difference"] });
  expect(judged === undefined || touched(judged)).toBe(false);
});

test("a balance that was read counts until something is changed", async () => {
  const profile = call(
    "get_user_details",
    { user_id: "ann_lee_1" },
    { user_id: "ann_lee_1", payment_methods: { gift_card_1: { balance: 1 } } },
  );
  const dear = call(
    "get_product_details",
    { product_id: "p1" },
    { product_id: "p1", variants: { i9: { price: 90, available: true } } },
  );
  const first = await fates(run(profile, dear, exchange("i1", "i9", "gift_card_1")));
  expect(first[3]).toEqual(["refused", "card_below_difference"]);
  const refunded = cancel("#W2", details("cancelled", { order_id: "#W2" }));
  const later = await fates(run(profile, dear, refunded, exchange("i1", "i9", "gift_card_1")));
  expect(later[4]).toEqual(["confirmed", "confirmed"]);
});

test("the order of somebody else is refused by what was recorded of it", async () => {
  const hers = run(cancel("#W7", details("cancelled", { order_id: "#W7", user_id: "bo_kim_2" })));
  const [, refused] = await fates(hers);
  expect(refused).toEqual(["refused", "other_order"]);
});

test("each correct run, made wrong on purpose, is refused", async () => {
  const other = {
    ...run(cancel("#W8", details("cancelled", { order_id: "#W8", user_id: "bo_kim_2" }))),
    user: "bo_kim_2",
  };
  const paid = { payment_history: [{ amount: 5, payment_method_id: "credit_card_2" }] };
  const third = {
    ...run(
      cancel(
        "#W9",
        details("cancelled", {
          order_id: "#W9",
          user_id: "cy_fox_3",
          ...paid,
          items: [{ item_id: "i7", product_id: "p7", price: 1 }],
        }),
      ),
    ),
    user: "cy_fox_3",
  };
  const { broken } = await judgeSuite("retail", [run(exchange("i1", "i9")), other, third]);
  expect(broken).toHaveLength(7);
  for (const { what, of, refused } of broken) expect([what, refused, of > 0]).toEqual([what, of, true]);
});

test("a rule that lacks a fact is told apart from one that refuses", async () => {
  const line = {
    id: "a",
    suite: "tau_airline",
    user_id: "ann_lee_1",
    instruction: "Cancel it.",
    calls: [
      call("cancel_reservation", { reservation_id: "R1" }, "ok"),
      call("get_user_details", { user_id: "bo_kim_2" }, "{}"),
      call("get_user_details", { user_id: "ann_lee_1" }, "{}"),
      call("book_reservation", { user_id: "ann_lee_1" }, "ok"),
    ],
  };
  const read = readRun(line);
  const { runs } = await judgeSuite("airline", read === undefined ? [] : [read]);
  expect(runs[0]?.calls.map(({ fate }) => fate)).toEqual(["not judged", "refused", "allowed", "refused"]);
});

test("what the airline recorded of a reservation answers its facts", async () => {
  const reservation = (id: string, cabin: string): object => ({
    reservation_id: id,
    user_id: "ann_lee_1",
    cabin,
    flights: [{ flight_number: "HAT001", date: "2024-05-20" }],
    passengers: [{ first_name: "Ann" }],
    total_baggages: 1,
    nonfree_baggages: 0,
    insurance: "no",
    created_at: "2024-05-10T10:00:00",
  });
  const profile = {
    user_id: "ann_lee_1",
    membership: "regular",
    payment_methods: { credit_card_1: {}, certificate_2: {} },
  };
  const bags = (total: number, by: string): object =>
    call(
      "update_reservation_baggages",
      { reservation_id: "R1", total_baggages: total, nonfree_baggages: total - 1, payment_id: by },
      reservation("R1", "economy"),
    );
  const read = readRun({
    id: "a",
    suite: "tau_airline",
    user_id: "ann_lee_1",
    instruction: "One bag more.",
    calls: [
      call("get_user_details", { user_id: "ann_lee_1" }, profile),
      call("get_reservation_details", { reservation_id: "R1" }, reservation("R1", "economy")),
      bags(2, "credit_card_1"),
      bags(0, "credit_card_1"),
      bags(2, "certificate_2"),
    ],
  });
  const { runs } = await judgeSuite("airline", read === undefined ? [] : [read]);
  expect(runs[0]?.calls.map(({ fate, by }) => [fate, by.join(" ")])).toEqual([
    ["allowed", ""],
    ["allowed", ""],
    ["confirmed", "confirmed"],
    ["refused", expect.stringContaining("fewer_bags")],
    ["refused", "method_of_change"],
  ]);
});

test("without runs it is skipped aloud, and what it found has the shape of every result", async () => {
  for (const options of [[], ["--data", "/nowhere"]])
    expect((await tauSuite(options)).gaps?.[0]?.why).toMatch(/^SKIPPED, there (?:are no runs|is no \/nowhere)/);
  const made = await mkdtemp(join(tmpdir(), "writ-tau-"));
  folders.push(made);
  const line = {
    id: "r",
    suite: "tau_retail",
    user_id: "ann_lee_1",
    instruction: "Your name is Ann Lee and your zip code is 12345.",
    calls: [exchange("i1", "i9")],
  };
  const file = join(made, "tau_bench_ground_truth_dev.jsonl.gz");
  await writeFile(file, gzipSync(`${JSON.stringify(line)}\nno run\n`));
  const found = await tauSuite(["--data", made]);
  expect(found.gaps?.map(({ why }) => why)).toEqual([
    "1 lines are no runs and were left out",
    "there are none; its policy is tried by its own tests alone",
  ]);
  expect(found.tables?.map(({ id }) => id)).toEqual(["retail-runs", "retail-facts", "retail-broken"]);
  const passed = found.tables?.[0]?.rows[0]?.cells[0];
  expect([passed?.value, passed?.note?.startsWith("1 of 1 ")]).toEqual([1, true]);
  readSuite(JSON.parse(JSON.stringify(resultOf("tau", begin(), found))), "tau");
});
