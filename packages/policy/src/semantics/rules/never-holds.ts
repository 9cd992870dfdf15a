import { sayAt, type Checked } from "../checked.js";
import { neverHolds, whereNever } from "../logic/reason.js";

/** E201: a rule whose condition can never hold does nothing, whoever relies on it. */
export function checkNeverHolds(checked: Checked): void {
  for (const { rule } of checked.placed) {
    if (neverHolds(rule.when))
      sayAt(checked, "E201", whereNever(rule.when).at, { name: rule.id, what: rule.form ?? rule.kind });
  }
  for (const role of checked.roles) {
    if (neverHolds(role.when)) sayAt(checked, "E201", whereNever(role.when).at, { name: role.name, what: "role" });
  }
}
