// The house's own lint rules, loaded by .oxlintrc.json.
import { arrowsRule } from "./arrows-rule.mjs";
import { escapesRule } from "./escapes-rule.mjs";

/** @typedef {Parameters<import("oxlint/plugins-dev").RuleTester["run"]>[1]} Rule */
/** @typedef {Parameters<NonNullable<ReturnType<Extract<Rule, { create: unknown }>["create"]>["Program"]>>[0]} Program */
/** @typedef {any} Node */

const plugin = {
  meta: { name: "writ" },
  rules: { arrows: arrowsRule, "no-type-escapes": escapesRule },
};

export default plugin;
