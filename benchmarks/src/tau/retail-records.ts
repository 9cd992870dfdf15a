import { at, listAt, numberAt, textAt } from "../json-lines.js";
import type { TauRun } from "./run.js";

/** An order, as some recorded result shows it. */
export interface Order {
  readonly owner: string;
  /** How it was paid at first, and how much that was. */
  readonly method: string | undefined;
  readonly total: number | undefined;
  readonly items: readonly string[];
}

/** What the results of all runs say of the shop. */
export class RetailRecords {
  readonly orders = new Map<string, Order>();
  readonly items = new Map<string, { readonly product: string; readonly price: number }>();
  readonly available = new Map<string, boolean>();
  readonly methods = new Map<string, Set<string>>();
  readonly balances = new Map<string, number>();

  constructor(runs: readonly TauRun[]) {
    for (const { calls } of runs) for (const { tool, result } of calls) this.learn(tool, result);
  }

  private learn(tool: string, result: unknown): void {
    const [order, owner] = [textAt(result, "order_id"), textAt(result, "user_id")];
    if (order !== undefined && owner !== undefined) this.order(tool, order, owner, result);
    for (const [method, about] of entries(at(result, "payment_methods"))) {
      const user = textAt(result, "user_id");
      if (user !== undefined) this.method(user, method);
      const balance = numberAt(about, "balance");
      if (balance !== undefined) this.balances.set(method, balance);
    }
    const product = textAt(result, "product_id");
    for (const [item, about] of entries(at(result, "variants"))) {
      const price = numberAt(about, "price");
      if (product !== undefined && price !== undefined) this.items.set(item, { product, price });
      this.available.set(item, at(about, "available") === true);
    }
  }

  private order(tool: string, order: string, owner: string, result: unknown): void {
    const items: string[] = [];
    for (const one of listAt(result, "items")) {
      const [item, product, price] = [textAt(one, "item_id"), textAt(one, "product_id"), numberAt(one, "price")];
      if (item === undefined) continue;
      items.push(item);
      if (product !== undefined && price !== undefined) this.items.set(item, { product, price });
    }
    for (const payment of listAt(result, "payment_history")) {
      const method = textAt(payment, "payment_method_id");
      if (method !== undefined) this.method(owner, method);
    }
    const method = textAt(result, "payment_history", 0, "payment_method_id");
    const total = numberAt(result, "payment_history", 0, "amount");
    // What a change of items returns holds the new ones.
    const known = this.orders.get(order);
    if (known === undefined || tool !== "modify_pending_order_items")
      this.orders.set(order, { owner, method, total, items: tool === "modify_pending_order_items" ? [] : items });
  }

  private method(user: string, method: string): void {
    this.methods.set(user, (this.methods.get(user) ?? new Set()).add(method));
  }
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
