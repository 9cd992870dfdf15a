import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Payment {
  readonly supplier: string;
  readonly account: string;
  readonly amount: number;
  readonly invoice: string;
}

/** The register of suppliers: which account is whose. */
const REGISTER: ReadonlyMap<string, string> = new Map([
  ["acme", "DE02 1203 0000 0000 2020 51"],
  ["globex", "FR14 2004 1010 0505 0001 3M02 606"],
]);

export async function accountOf(supplier: string): Promise<string> {
  return REGISTER.get(supplier) ?? "none";
}

/** A bank and a cabinet of receipts: two files, to which lines are added and nothing else. */
export class Bank {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async pay(payment: Payment): Promise<string> {
    const paid = await this.payments();
    const id = `p-${paid.length + 1}`;
    await this.#add("payments.jsonl", { id, ...payment });
    return id;
  }

  async file(invoice: string, payment: string): Promise<void> {
    await this.#add("receipts.jsonl", { invoice, payment });
  }

  async payments(): Promise<readonly unknown[]> {
    return this.#lines("payments.jsonl");
  }

  async receipts(): Promise<readonly unknown[]> {
    return this.#lines("receipts.jsonl");
  }

  async #add(name: string, line: object): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await appendFile(join(this.#folder, name), `${JSON.stringify(line)}\n`);
  }

  async #lines(name: string): Promise<readonly unknown[]> {
    const text = await readFile(join(this.#folder, name), "utf8").catch(() => "");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line): unknown => JSON.parse(line));
  }
}
