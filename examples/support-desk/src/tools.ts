import { tool } from "@langchain/core/tools";
import { z } from "zod";
import { runShell } from "./world/shell.js";
import type { World } from "./world/world.js";

/** The agent's tools, as one would write them for LangGraph without any guard. */
export function createTools({ records, mailboxes, pages }: World) {
  return [
    tool(
      ({ id }) => {
        const found = records.customer(id);
        if (found === undefined) throw new Error("there is no such customer");
        return JSON.stringify(found);
      },
      { name: "crm_lookup", description: "Reads a customer's record.", schema: z.object({ id: z.string() }) },
    ),
    tool(({ url }) => pages.fetch(url), {
      name: "web_fetch",
      description: "Reads the text of a web page.",
      schema: z.object({ url: z.string() }),
    }),
    tool(async ({ month }) => JSON.stringify(await pages.report(month)), {
      name: "report_make",
      description: "Makes the report of a month's orders.",
      schema: z.object({ month: z.string() }),
    }),
    tool(async ({ cmd }) => JSON.stringify(await runShell(cmd)), {
      name: "shell_run",
      description: "Runs a command in a shell.",
      schema: z.object({ cmd: z.string() }),
    }),
    tool(({ to, bcc, subject, body }) => mailboxes.send({ to, bcc: bcc ?? [], subject, body }), {
      name: "email_send",
      description: "Sends a mail.",
      schema: z.object({
        to: z.array(z.string()),
        subject: z.string(),
        body: z.string(),
        bcc: z.array(z.string()).optional(),
      }),
    }),
    tool(
      ({ customer, amount, note }) =>
        records.refund({ customer, cents: Math.round(amount.amount * 100), currency: amount.currency, note }),
      {
        name: "payments_refund",
        description: "Refunds money to a customer.",
        schema: z.object({
          customer: z.string(),
          amount: z.object({ amount: z.number(), currency: z.string() }),
          note: z.string(),
        }),
      },
    ),
  ];
}

export type Tools = ReturnType<typeof createTools>;
