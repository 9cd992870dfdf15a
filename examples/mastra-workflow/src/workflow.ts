import { createStep, createWorkflow } from "@mastra/core/workflows";
import { guardStep, type Identify } from "@writ/mastra";
import type { Guard } from "@writ/runtime";
import { z } from "zod";
import type { Bank } from "./bank.js";

const mail = z.object({ text: z.string() });
const payment = z.object({ supplier: z.string(), account: z.string(), amount: z.number(), invoice: z.string() });
const paid = z.object({ invoice: z.string(), payment: z.string() });
const filed = z.object({ filed: z.string() });

/** Who the workflow works for: the server put the signed-in person into the request context. */
const identity: Identify = ({ requestContext }) => ({
  user: z.object({ id: z.string(), groups: z.array(z.string()) }).parse(requestContext.get("user")),
  agent: { id: "invoices" },
});

/** Reads an invoice, pays it and files the receipt. The reading may be wrong or lied to; the two that act are guarded. */
export function invoiceWorkflow(guard: Guard, bank: Bank) {
  const read = createStep({
    id: "read_invoice",
    inputSchema: mail,
    outputSchema: payment,
    execute: async ({ inputData }) => readInvoice(inputData.text),
  });
  const pay = createStep({
    id: "pay_invoice",
    inputSchema: payment,
    outputSchema: paid,
    execute: async ({ inputData }) => ({ invoice: inputData.invoice, payment: await bank.pay(inputData) }),
  });
  const file = createStep({
    id: "file_receipt",
    inputSchema: paid,
    outputSchema: filed,
    execute: async ({ inputData }) => {
      await bank.file(inputData.invoice, inputData.payment);
      return { filed: inputData.invoice };
    },
  });
  return createWorkflow({ id: "invoices", inputSchema: mail, outputSchema: filed })
    .then(read)
    .then(guardStep(guard, pay, { identity }))
    .then(guardStep(guard, file, { identity }))
    .commit();
}

/** What stands in the mail, line by line: `Supplier: acme`. */
function readInvoice(text: string): z.infer<typeof payment> {
  const line = (name: string): string => new RegExp(`^${name}:(.*)$`, "im").exec(text)?.[1]?.trim() ?? "";
  return {
    supplier: line("Supplier"),
    account: line("Account"),
    amount: Number(line("Amount").replace(/ EUR$/, "")),
    invoice: line("Invoice"),
  };
}
