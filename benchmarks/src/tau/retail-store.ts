import type { Json } from "@writ/ir";
import type { FactFunction } from "@writ/runtime";
import { numberAt, textAt, textsAt } from "../json-lines.js";
import type { Order, RetailRecords } from "./retail-records.js";
import type { TauCall } from "./run.js";
import { idOf, type Answers, type Store } from "./store.js";

/** Enough for whatever is bought, in dollars. */
const ENOUGH = 1_000_000;

/** The shop's answers during one run: from what was recorded, and where nothing was, from what the shop did with the call. */
export class RetailStore implements Store {
  readonly facts: Readonly<Record<string, FactFunction>>;
  private readonly records: RetailRecords;
  private readonly answers: Answers;
  private readonly statuses = new Map<string, string>();
  private located: string | undefined;
  private call: TauCall | undefined;
  private changed = false;

  constructor(records: RetailRecords, answers: Answers) {
    this.records = records;
    this.answers = answers;
    this.facts = {
      located: () => (this.located === undefined ? answers.none("located") : this.note("located", this.located)),
      payment_methods: (user) => this.paymentMethods(idOf(user)),
      gift_balance: (method) => this.giftBalance(idOf(method)),
      order_owner: (order) => this.ofOrder("order_owner", order, this.orderOf(order)?.owner, this.located),
      order_status: (order) => this.status(idOf(order)),
      order_items: (order) => this.orderItems(idOf(order)),
      order_total: (order) => this.ofOrder("order_total", order, this.orderOf(order)?.total, 1),
      order_method: (order) => this.ofOrder("order_method", order, this.orderOf(order)?.method, this.impliedMethod()),
      products: (items) => this.products(texts(items)),
      available: (item) => this.available(idOf(item)),
      surcharge: (items, wanted) => this.surcharge(texts(items), texts(wanted)),
    };
  }

  before(call: TauCall): void {
    this.call = call;
  }

  after(call: TauCall): void {
    if (call.tool.startsWith("find_user_id") && typeof call.result === "string") this.located ??= call.result;
    const [order, status] = [textAt(call.result, "order_id"), textAt(call.result, "status")];
    if (order !== undefined && status !== undefined) this.statuses.set(order, status);
    this.changed ||= call.error === undefined && !/^(?:find|get|list)_/.test(call.tool);
  }

  private note<T>(fact: string, answer: T, ground: "recorded" | "implied" = "recorded"): T {
    return this.answers.note(fact, ground, answer);
  }

  private orderOf(order: Json | undefined): Order | undefined {
    return this.records.orders.get(idOf(order));
  }

  /** The recorded value; else the one that the shop's taking this very call implies. */
  private ofOrder(fact: string, order: Json | undefined, recorded: Json | undefined, implied: Json | undefined): Json {
    if (recorded !== undefined) return this.note(fact, recorded);
    return implied !== undefined && this.isOfCall(order)
      ? this.note(fact, implied, "implied")
      : this.answers.none(fact);
  }

  private isOfCall(order: Json | undefined): boolean {
    return textAt(this.call?.args, "order_id") === order;
  }

  /** Whether the shop had nothing against the call but a gift card that holds too little. */
  private get short(): boolean {
    return /insufficient gift card balance/i.test(this.call?.error ?? "");
  }

  private get taken(): boolean {
    return this.call !== undefined && (this.call.error === undefined || this.short);
  }

  private impliedMethod(): string | undefined {
    if (!this.taken) return undefined;
    const given = textAt(this.call?.args, "payment_method_id");
    // A changed method is another one; a refund to anything but a gift card goes back to the method it was paid by.
    return this.call?.tool === "modify_pending_order_payment" ? "another" : given;
  }

  private paymentMethods(user: string): Json {
    const known = [...(this.records.methods.get(user) ?? [])];
    const given = textAt(this.call?.args, "payment_method_id");
    if (given === undefined || known.includes(given)) return this.note("payment_methods", known);
    return this.taken
      ? this.note("payment_methods", [...known, given], "implied")
      : this.note("payment_methods", known);
  }

  private giftBalance(method: string): Json {
    const recorded = this.records.balances.get(method);
    // A refund goes to the card at once: a balance that was read before it says nothing any more.
    if (recorded !== undefined && !(this.changed && this.taken)) return this.note("gift_balance", recorded);
    return this.taken
      ? this.note("gift_balance", this.short ? 0 : ENOUGH, "implied")
      : this.answers.none("gift_balance");
  }

  private status(order: string): Json {
    const now = this.statuses.get(order);
    if (now !== undefined) return this.note("order_status", now);
    if (!this.taken || !this.isOfCall(order)) return this.answers.none("order_status");
    const delivered = /^(?:return|exchange)_delivered/.test(this.call?.tool ?? "");
    return this.note("order_status", delivered ? "delivered" : "pending", "implied");
  }

  private orderItems(order: string): Json {
    const known = this.orderOf(order)?.items ?? [];
    const given = textsAt(this.call?.args, "item_ids");
    if (known.length > 0 && given.every((item) => known.includes(item))) return this.note("order_items", known);
    return this.taken && this.isOfCall(order)
      ? this.note("order_items", [...known, ...given], "implied")
      : this.note("order_items", known);
  }

  private products(items: readonly string[]): Json {
    const known = items.map((item) => this.records.items.get(item)?.product);
    const olds = textsAt(this.call?.args, "item_ids");
    const news = textsAt(this.call?.args, "new_item_ids");
    let implied = false;
    const all = items.map((item, i) => {
      const product = known[i];
      if (product !== undefined) return product;
      if (!this.taken) return this.answers.none("products");
      implied = true;
      // The shop takes only items of one product, place by place.
      const [old, wanted] = [olds[i], news[i]];
      const other = item === wanted ? old : wanted;
      return (other === undefined ? undefined : this.records.items.get(other)?.product) ?? `product of place ${i}`;
    });
    return this.note("products", all, implied ? "implied" : "recorded");
  }

  private available(item: string): Json {
    const recorded = this.records.available.get(item);
    if (recorded !== undefined) return this.note("available", recorded);
    return this.taken ? this.note("available", true, "implied") : this.answers.none("available");
  }

  private surcharge(items: readonly string[], wanted: readonly string[]): Json {
    const recorded = numberAt(this.call?.result, "exchange_price_difference");
    const prices = [items, wanted].map((list) => list.map((item) => this.records.items.get(item)?.price));
    const sums = prices.map((list) =>
      list.reduce<number | undefined>(
        (sum, price) => (sum === undefined || price === undefined ? undefined : sum + price),
        0,
      ),
    );
    const [old, fresh] = sums;
    const difference = recorded ?? (old === undefined || fresh === undefined ? undefined : fresh - old);
    if (difference !== undefined) return this.note("surcharge", Math.max(0, Math.round(difference * 100) / 100));
    return this.taken ? this.note("surcharge", this.short ? 1 : 0, "implied") : this.answers.none("surcharge");
  }
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
