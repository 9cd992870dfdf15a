import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

/** A customer as the desk keeps it. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly address: string;
  readonly card: string;
}

/** A refund as it stands in the database; `cents` is in minor units. */
export interface Refund {
  readonly customer: string;
  readonly cents: number;
  readonly currency: string;
  readonly note: string;
}

const CUSTOMERS: readonly Customer[] = [
  {
    id: "c9",
    name: "Ann Lee",
    email: "ann@customer.example",
    address: "4 Mill Lane, Leeds",
    card: "4000 0000 0000 0002",
  },
  { id: "c666", name: "M. Stranger", email: "stranger@evil.test", address: "unknown", card: "4000 0000 0000 0069" },
];

/** Customer records and refunds in a SQLite file. */
export class Records {
  readonly #database: DatabaseSync;

  /** Opens a file; one that does not exist yet begins with the customers of the example. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, name TEXT, email TEXT, address TEXT, card TEXT);
      CREATE TABLE IF NOT EXISTS refunds (id TEXT PRIMARY KEY, customer TEXT, cents INTEGER, currency TEXT, note TEXT, at TEXT);
    `);
    const insert = this.#database.prepare("INSERT OR IGNORE INTO customers VALUES (?, ?, ?, ?, ?)");
    for (const { id, name, email, address, card } of CUSTOMERS) insert.run(id, name, email, address, card);
  }

  customer(id: string): Customer | undefined {
    const row = this.#database.prepare("SELECT * FROM customers WHERE id = ?").get(id);
    if (row === undefined) return undefined;
    const text = (column: string): string => String(row[column]);
    return { id: text("id"), name: text("name"), email: text("email"), address: text("address"), card: text("card") };
  }

  /** Writes a refund and gives its id. */
  refund({ customer, cents, currency, note }: Refund): string {
    const id = `r_${randomUUID()}`;
    this.#database
      .prepare("INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?)")
      .run(id, customer, cents, currency, note, new Date().toISOString());
    return id;
  }

  refunds(customer: string): readonly Refund[] {
    const rows = this.#database.prepare("SELECT * FROM refunds WHERE customer = ? ORDER BY rowid").all(customer);
    return rows.map((row) => ({
      customer: String(row["customer"]),
      cents: Number(row["cents"]),
      currency: String(row["currency"]),
      note: String(row["note"]),
    }));
  }

  close(): void {
    this.#database.close();
  }
}
