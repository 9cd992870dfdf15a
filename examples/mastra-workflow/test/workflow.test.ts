import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyAudit } from "@writ/runtime/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bank } from "../src/bank.js";
import { Office } from "../src/office.js";
import { startGuard } from "../src/start-guard.js";

const CLERK = { id: "carl", groups: ["accounts"] };
const MANAGER = { id: "mia", groups: ["managers"] };
const ACME = "DE02 1203 0000 0000 2020 51";
const invoice = (amount: number, account = ACME, supplier = "acme") =>
  `Supplier: ${supplier}\nAccount: ${account}\nAmount: ${amount} EUR\nInvoice: A-1`;

let folder = "";
let guard: Awaited<ReturnType<typeof startGuard>>;
let bank: Bank;
let office: Office;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "writ-invoices-"));
  guard = await startGuard(folder);
  bank = new Bank(folder);
  office = new Office(guard, bank);
});

afterEach(async () => {
  await guard.close();
  await rm(folder, { recursive: true, force: true });
});

describe("the workflow that pays invoices", () => {
  it("pays a small invoice and files its receipt", async () => {
    expect(await office.take(invoice(120), CLERK)).toEqual({ status: "filed" });
    expect(await bank.payments()).toMatchObject([{ id: "p-1", supplier: "acme", amount: 120 }]);
    expect(await bank.receipts()).toEqual([{ invoice: "A-1", payment: "p-1" }]);
  });

  it("waits for a manager over 500 EUR; a wake-up alone pays nothing; agreed to, it is paid once", async () => {
    const waits = await office.take(invoice(4200), CLERK);
    if (waits.status !== "waiting") throw new Error(waits.status);
    expect(waits.asks).toContain("4200");
    expect((await office.wake(waits.run, CLERK)).status).toBe("waiting");
    expect(await guard.approvals.resolve(waits.approval, { by: CLERK, grant: true })).toMatchObject({ ok: false });
    expect(await bank.payments()).toEqual([]);
    expect(await guard.approvals.resolve(waits.approval, { by: MANAGER, grant: true })).toMatchObject({ ok: true });
    expect(await office.wake(waits.run, CLERK)).toEqual({ status: "filed" });
    await office.wake(waits.run, CLERK).catch(() => undefined);
    expect(await bank.payments()).toHaveLength(1);
    await guard.close();
    expect(await verifyAudit(join(folder, "audit"))).toMatchObject({ ok: true });
  });

  it("pays nothing that a manager refuses", async () => {
    const waits = await office.take(invoice(4200), CLERK);
    if (waits.status !== "waiting") throw new Error(waits.status);
    await guard.approvals.resolve(waits.approval, { by: MANAGER, grant: false });
    expect((await office.wake(waits.run, CLERK)).status).toBe("refused");
    expect(await bank.payments()).toEqual([]);
  });

  it.each([
    ["another account than the register's", invoice(90, "GB33 BUKB 2020 1555 5555 55"), CLERK],
    ["a supplier whom nobody knows", invoice(90, ACME, "initech"), CLERK],
    ["more than anybody may pay", invoice(30_000), CLERK],
    ["an amount that is none", invoice(Number.NaN), CLERK],
    ["somebody who is no clerk", invoice(90), { id: "eve", groups: [] }],
  ])("refuses %s, and files nothing", async (_why, text, person) => {
    expect(await office.take(text, person)).toMatchObject({ status: "refused", why: expect.any(String) as string });
    expect([await bank.payments(), await bank.receipts()]).toEqual([[], []]);
  });
});
