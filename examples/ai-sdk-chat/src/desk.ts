import { tool, type ToolSet } from "ai";
import { z } from "zod";

export interface Refund {
  readonly customer: string;
  readonly amount: number;
  readonly note: string;
}

const CUSTOMERS: ReadonlyMap<string, string> = new Map([
  ["c7", "Ben, Leeds"],
  ["c9", "Ann, Lyon"],
]);

/** The shop's books. */
export class Desk {
  readonly refunds: Refund[] = [];

  /** The tools as one would write them without a guard. */
  tools(): ToolSet {
    return {
      lookup_customer: tool({
        description: "Who a customer is",
        inputSchema: z.object({ id: z.string() }),
        execute: async ({ id }) => CUSTOMERS.get(id) ?? "nobody",
      }),
      refund: tool({
        description: "Pays money back, in US dollars",
        inputSchema: z.object({ customer: z.string(), amount: z.number(), note: z.string() }),
        execute: async (refund) => {
          this.refunds.push(refund);
          return `${refund.amount} USD were paid back to ${refund.customer}`;
        },
      }),
    };
  }
}
