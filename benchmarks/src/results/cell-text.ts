import type { Cell, Column } from "./suite-result.js";
import { shown } from "./unit.js";

/** A cell as a person reads it: the figure, why there is none, or nothing. */
export function cellText(cell: Cell | undefined, { unit }: Column): string {
  if (cell?.value === undefined) return cell?.note ?? "";
  return shown(cell.value, unit) + (cell.note === undefined ? "" : ` (${cell.note})`);
}

/** Its spread, where runs were repeated. */
export function spreadText({ low, high }: Cell, { unit }: Column): string | undefined {
  if (low === undefined || high === undefined) return undefined;
  return `${shown(low, unit)} .. ${shown(high, unit)}`;
}
