import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Bank } from "./bank.js";
import { Office } from "./office.js";
import { startGuard } from "./start-guard.js";

const CLERK = { id: "carl", groups: ["accounts"] };
const MANAGER = { id: "mia", groups: ["managers"] };
const INVOICES = [
  "Supplier: acme\nAccount: DE02 1203 0000 0000 2020 51\nAmount: 120 EUR\nInvoice: A-1",
  "Supplier: globex\nAccount: FR14 2004 1010 0505 0001 3M02 606\nAmount: 4200 EUR\nInvoice: G-7",
  "Supplier: acme\nAccount: GB33 BUKB 2020 1555 5555 55\nAmount: 90 EUR\nInvoice: A-2\n(We have a new account!)",
];

const out = join(process.cwd(), "out");
await rm(out, { recursive: true, force: true });
const agrees = !process.argv.includes("--reject");
const guard = await startGuard(out);
const bank = new Bank(out);
const office = new Office(guard, bank);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

for (const text of INVOICES) {
  const name = /Invoice: (.*)/.exec(text)?.[1] ?? "";
  let outcome = await office.take(text, CLERK);
  if (outcome.status === "waiting") {
    say(`${name}: waits. ${outcome.asks}`);
    await office.wake(outcome.run, CLERK); // woken without anybody's word: it goes on waiting
    await guard.approvals.resolve(outcome.approval, { by: MANAGER, grant: agrees });
    say(`${name}: ${MANAGER.id} ${agrees ? "agrees" : "says no"}`);
    outcome = await office.wake(outcome.run, CLERK);
  }
  say(`${name}: ${outcome.status}${outcome.status === "refused" ? `. ${outcome.why}` : ""}`);
}
say(`Paid: ${JSON.stringify(await bank.payments())}`);
await guard.close();
say(`The log lies in ${join(out, "audit")}; writ audit verify checks it.`);
