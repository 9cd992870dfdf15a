import type { Fact, Label, Role, Rule, Span, Tier, Tool } from "@writ/ir";
import type { Code, Details } from "../diagnostics/catalog.js";
import type { Declaration, FlowNode, RuleNode } from "../syntax/ast.js";
import type { Program } from "./resolve.js";
import type { ModuleScope, ToolSymbol, TypeTable } from "./symbols.js";
import type { ToolIndex } from "./targets.js";

/** A rule as written, where it stands, and as the bundle has it. */
export interface PlacedRule {
  readonly scope: ModuleScope;
  readonly node: (RuleNode | FlowNode) & Pick<Declaration, "annotations" | "doc">;
  readonly rule: Rule;
}

/** A policy that has been typed and lowered: what the rules of the checker read. */
export interface Checked {
  readonly program: Program;
  readonly types: TypeTable;
  readonly labels: readonly Label[];
  readonly roles: readonly Role[];
  readonly tiers: readonly Tier[];
  readonly facts: readonly Fact[];
  readonly tools: readonly Tool[];
  readonly placed: readonly PlacedRule[];
  readonly indexOf: (scope: ModuleScope) => ToolIndex;
}

/** Says something about a place of the bundle. */
export function sayAt(
  checked: Checked,
  code: Code,
  span: Span,
  details: Details = {},
  related: readonly { readonly span: Span; readonly message: string }[] = [],
): void {
  const { modules, report } = checked.program;
  const file = modules[span[0]]?.file;
  if (file === undefined) return;
  report.add(code, file, { start: span[1], end: span[2] }, details, {
    related: related.flatMap((one) => {
      const at = modules[one.span[0]]?.file;
      return at === undefined ? [] : [{ file: at, at: { start: one.span[1], end: one.span[2] }, message: one.message }];
    }),
  });
}

/** The rules that act: what stands in the shadow is recorded and changes nothing, so nothing rests on it. */
export function acting(checked: Checked): readonly PlacedRule[] {
  return checked.placed.filter((one) => one.rule.shadow !== true);
}

const granting = new WeakMap<Checked, Map<string, PlacedRule[]>>();

/** The rules that may grant a tool. */
export function grantsOf(checked: Checked, tool: Tool): readonly PlacedRule[] {
  let known = granting.get(checked);
  if (known === undefined) {
    known = new Map();
    for (const placed of acting(checked)) {
      if (placed.rule.kind !== "allow" && placed.rule.kind !== "ask") continue;
      for (const name of placed.rule.tools) {
        const rules = known.get(name);
        if (rules === undefined) known.set(name, [placed]);
        else rules.push(placed);
      }
    }
    granting.set(checked, known);
  }
  return known.get(tool.name) ?? [];
}

/** Where a tool is declared. */
export function symbolOfTool(checked: Checked, tool: Tool): ToolSymbol | undefined {
  for (const symbol of checked.program.entry.visible("tool").values()) if (symbol.name === tool.name) return symbol;
  return undefined;
}
