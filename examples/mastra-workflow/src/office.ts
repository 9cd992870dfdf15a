import { Mastra } from "@mastra/core";
import { RequestContext } from "@mastra/core/request-context";
import { InMemoryStore } from "@mastra/core/storage";
import type { Guard } from "@writ/runtime";
import { z } from "zod";
import type { Bank } from "./bank.js";
import { invoiceWorkflow } from "./workflow.js";

export interface Person {
  readonly id: string;
  readonly groups: readonly string[];
}

/** What became of an invoice. */
export type Outcome =
  | { readonly status: "filed" }
  | { readonly status: "refused"; readonly why: string }
  | { readonly status: "waiting"; readonly approval: string; readonly asks: string; readonly run: string };

const pause = z.object({
  steps: z.object({
    pay_invoice: z.object({
      suspendPayload: z.object({
        id: z.string(),
        show: z.array(z.object({ name: z.string(), text: z.string() })),
        demands: z.array(z.object({ because: z.string().optional() })),
      }),
    }),
  }),
});

const failure = z.object({ error: z.object({ message: z.string() }) });

/** The workflow at work: invoices come in, and runs that wait are woken. */
export class Office {
  readonly #workflow;

  constructor(guard: Guard, bank: Bank) {
    const mastra = new Mastra({
      workflows: { invoices: invoiceWorkflow(guard, bank) },
      storage: new InMemoryStore(),
      logger: false,
    });
    this.#workflow = mastra.getWorkflow("invoices");
  }

  async take(text: string, person: Person): Promise<Outcome> {
    const run = await this.#workflow.createRun();
    return outcomeOf(await run.start({ inputData: { text }, requestContext: signedIn(person) }), run.runId);
  }

  /** Wakes a run. It looks again whether it may go on; being woken is no permission. */
  async wake(runId: string, person: Person): Promise<Outcome> {
    const run = await this.#workflow.createRun({ runId });
    const resumed = { step: "pay_invoice", resumeData: { wake: true }, requestContext: signedIn(person) };
    return outcomeOf(await run.resume(resumed), runId);
  }
}

function signedIn(person: Person): RequestContext {
  const context = new RequestContext();
  context.set("user", { id: person.id, groups: [...person.groups] });
  return context;
}

function outcomeOf(result: { readonly status: string }, run: string): Outcome {
  if (result.status === "success") return { status: "filed" };
  const waits = pause.safeParse(result);
  if (result.status === "suspended" && waits.success) {
    const { id, show, demands } = waits.data.steps.pay_invoice.suspendPayload;
    const shown = show.map(({ name, text }) => `${name} ${text}`).join(", ");
    return { status: "waiting", approval: id, asks: `${demands[0]?.because ?? "Agree?"}: ${shown}`, run };
  }
  const failed = failure.safeParse(result);
  return { status: "refused", why: failed.success ? failed.data.error.message : result.status };
}
