/** What a month's orders come to. */
export interface OrderReport {
  readonly orders: number;
  readonly late: number;
}

/** The report of a month's orders, as it runs in its sandbox. */
export async function orderReport({ month }: { readonly month: string }): Promise<OrderReport> {
  const response = await fetch(`http://desk.acme.example/orders/${month}.csv`);
  if (!response.ok) throw new Error(`there are no orders of ${month}`);
  return reportOf(await response.text());
}

/** Counts the rows of the desk's export. */
export function reportOf(csv: string): OrderReport {
  const [, ...rows] = csv.trim().split("\n");
  return { orders: rows.length, late: rows.filter((row) => row.endsWith(",late")).length };
}
