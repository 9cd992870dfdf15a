import { appendFileSync, existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadPolicy } from "@writ/policy/node";
import { createGuard, type AuditSink, type Execute, type Guard, type Json, type Sandbox } from "@writ/runtime";
import { fileAudit, fileStore } from "@writ/runtime/node";
import { ANN, CALLER, MANAGER, STRANGER, TASK } from "../task.js";
import { startMailboxes } from "../world/mailboxes.js";
import { startPages } from "../world/pages.js";
import { Records } from "../world/records.js";

/*
 * The support desk as a host that is killed again and again: case after case, each call with an id of its own, and after a
 * restart the case from its beginning with the same ids, as a framework replays a step. What it was told it says on
 * standard output at once; what it does to the world it notes in a file of the world.
 */
const [home = "", policyFile = "", cases = "1"] = process.argv.slice(2);
const say = (word: string): void => void writeSync(1, `${word}\n`);
const world = join(home, "world");
const PAGE = "http://parcels.example/PX-204";

interface Step {
  readonly tool: string;
  readonly args: Json;
  readonly run: Execute;
}

/** The effect of the step that is taken; one is taken at a time. */
let stepUnderWay: Execute | undefined;

/**
 * Runs in this process what the policy wants behind walls: this story is about what a log and a journal survive, and a
 * sandbox would be one more process to wait for at each of a thousand starts.
 */
const thin: Sandbox = {
  prove: (isolations) =>
    Promise.resolve(isolations.map((isolation) => ({ isolation, ok: true, backend: "none", proven: [], missing: [] }))),
  place: (_tool, { isolate }) =>
    isolate === "inline"
      ? { ok: true, isolation: "process", backend: "none", proven: [] }
      : { ok: true, isolation: isolate, backend: "none", proven: [] },
  run: async ({ args, signal }) => ({ status: "done", result: await stepUnderWay?.(args, signal) }),
  close: () => Promise.resolve(),
};

await mkdir(world, { recursive: true });
const [mailboxes, pages] = [await startMailboxes(join(world, "mailboxes")), await startPages()];
const records = new Records(join(world, "records.sqlite"));
const guard = await start();
const progress = join(world, "progress");
const from = existsSync(progress) ? Number(readFileSync(progress, "utf8")) : 0;
for (let number = from; number < from + Number(cases); number += 1) {
  await oneCase(guard, number);
  writeFileSync(progress, String(number + 1));
}
await guard.close();
await Promise.all([mailboxes.close(), pages.close()]);
records.close();
say("end");

async function start(): Promise<Guard> {
  const audit = acknowledging(await fileAudit(join(home, "writ", "audit")));
  const state = await fileStore(join(home, "writ", "state"));
  return createGuard({ policy: await loadPolicy(policyFile), audit, state, sandbox: thin });
}

/** Says which records the log has acknowledged, and whether as durable. */
function acknowledging(audit: AuditSink): AuditSink {
  return {
    get doubtful() {
      return audit.doubtful;
    },
    location: audit.location,
    durability: audit.durability,
    close: () => audit.close(),
    async append(body, options) {
      const appended = await audit.append(body, options);
      say(`${options.durable ? "durable" : "written"} ${appended.seq} ${appended.hash}`);
      return appended;
    },
  };
}

async function oneCase(on: Guard, number: number): Promise<void> {
  const session = await on.session({ ...CALLER, thread: `case-${number}` });
  session.heard("user", `${TASK} Subject: case ${number}`);
  for (const [index, { tool, args, run }] of stepsOf(number).entries()) {
    const callId = `case-${number}-step-${index}`;
    const call = { tool, args, callId };
    const effect: Execute = async (given, signal) => {
      // Reading a record is no effect: the log does not wait for the disk before it, and it may be done again.
      if (tool !== "crm_lookup") appendFileSync(join(world, "effects"), `${callId} ${tool}\n`);
      return run(given, signal);
    };
    stepUnderWay = effect;
    let outcome = await session.call(call, effect);
    if (outcome.status === "waiting") {
      await on.approvals.resolve(outcome.approval.id, { by: MANAGER, grant: true });
      outcome = await session.call(call, effect);
    }
    say(`outcome ${callId} ${outcome.status} ${outcome.call}`);
  }
}

/** The story of the example, the attack included. */
function stepsOf(number: number): readonly Step[] {
  const mail: Execute = (args) => {
    const { to, subject, body } = read(args);
    return mailboxes.send({ to: list(to), bcc: [], subject: text(subject), body: text(body) });
  };
  const refund: Execute = (args) => {
    const { customer, amount, note } = read(args);
    const { amount: units, currency } = read(amount);
    return records.refund({
      customer: text(customer),
      cents: Math.round(Number(units) * 100),
      currency: text(currency),
      note: text(note),
    });
  };
  const paid = (customer: string, amount: string): Json => ({
    customer,
    amount: { amount, currency: "USD" },
    note: `case ${number}`,
  });
  const mailed = (to: string): Json => ({ to: [to], subject: `case ${number}`, body: "PX-204 is late" });
  return [
    {
      tool: "crm_lookup",
      args: { id: ANN.customer },
      run: (args) => ({ ...records.customer(text(read(args)["id"])) }),
    },
    { tool: "web_fetch", args: { url: PAGE }, run: () => pages.fetch(PAGE) },
    { tool: "email_send", args: mailed(ANN.mail), run: mail },
    { tool: "email_send", args: mailed(STRANGER.mail), run: mail },
    { tool: "payments_refund", args: paid(STRANGER.customer, "900"), run: refund },
    { tool: "payments_refund", args: paid(ANN.customer, "20"), run: refund },
    { tool: "payments_refund", args: paid(ANN.customer, "120"), run: refund },
  ];
}

function read(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function list(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
