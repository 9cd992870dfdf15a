import type { Field, Type } from "@writ/ir";
import { CURRENCIES } from "@writ/ir/values";
import { suggest } from "../diagnostics/suggest.js";
import type { FieldNode, TypeNode } from "../syntax/ast.js";
import type { Program } from "./resolve.js";
import type { ModuleScope, TypeSymbol, TypeTable } from "./symbols.js";
import { isOneOf, LATER_TYPES, SIMPLE_TYPES } from "./vocabulary.js";

const MAX_LENGTH = 2 ** 31 - 1;
/** Stands for a type that could not be resolved; what has it says nothing more. Only ever this object. */
export const UNRESOLVED: Type = { kind: "Json" };

/** A type as written to a type of the bundle; undefined where it cannot be, which has been said. */
export function resolveType(node: TypeNode, scope: ModuleScope, program: Program): Type | undefined {
  const { report } = program;
  const { file } = scope.module;
  switch (node.kind) {
    case "list": {
      const of = resolveType(node.of, scope, program);
      return of === undefined ? undefined : { kind: "List", of };
    }
    case "record":
      return { kind: "Record", fields: resolveFields(node.fields, scope, program, "field") };
    case "enum": {
      const seen = new Set<string>();
      for (const value of node.values) {
        if (seen.has(value.text)) report.add("E120", file, value.at, { what: "value", name: value.text });
        if (value.text.length > 1024)
          report.add("E127", file, value.at, { what: "an enum's value", reason: "longer than 1024 characters" });
        seen.add(value.text);
      }
      return { kind: "Enum", values: [...seen] };
    }
    case "name":
      return resolveName(node, scope, program);
  }
}

function resolveName(
  node: Extract<TypeNode, { kind: "name" }>,
  scope: ModuleScope,
  program: Program,
): Type | undefined {
  const { report } = program;
  const { file } = scope.module;
  const { parameter } = node;
  const name = node.name.text;
  if (LATER_TYPES.has(name)) return report.add("E099", file, node.at, { what: `the type \`${name}\`` });
  if (name === "Text" || name === "Line") {
    if (parameter === undefined) return { kind: name };
    const max = Number(parameter.value);
    if (parameter.kind !== "number" || !Number.isSafeInteger(max) || max < 1 || max > MAX_LENGTH) {
      return report.add("E127", file, parameter.at, {
        what: "a length",
        reason: "not a whole number from 1",
        expected: `write \`${name}<200>\``,
      });
    }
    return { kind: name, max };
  }
  if (name === "Money") {
    if (parameter === undefined) return { kind: "Money" };
    if (parameter.kind !== "name" || !CURRENCIES.has(parameter.value)) {
      return report.add(
        "E108",
        file,
        parameter.at,
        { name: parameter.value, what: "currency (ISO 4217)" },
        { suggestion: suggest(parameter.value, CURRENCIES.keys()) },
      );
    }
    return { kind: "Money", currency: parameter.value };
  }
  if (parameter !== undefined) {
    return report.add("E110", file, parameter.at, {
      reason: `\`${name}\` takes no parameter`,
      expected: "Text, Line and Money do: `Text<500>`, `Money<USD>`",
    });
  }
  if (isOneOf(SIMPLE_TYPES, name)) return { kind: name };
  const symbol = scope.find("type", name);
  if (symbol !== undefined) return { kind: "Named", name: symbol.bundleName };
  if (scope.isExcused(name)) return undefined;
  const all = [...scope.visible("type").keys(), ...SIMPLE_TYPES, "Text", "Line", "Money"];
  return report.add("E106", file, node.at, { name, list: all }, { suggestion: suggest(name, all) });
}

/** A field, a claim or a parameter. */
export function resolveField(node: FieldNode, scope: ModuleScope, program: Program): Field | undefined {
  const { report } = program;
  const { file } = scope.module;
  const [label] = node.labels;
  if (label !== undefined) report.add("E099", file, label.at, { what: "a label on a field" });
  if (node.shape !== undefined)
    report.add("E099", file, node.shape.at, { what: "the shape of a field (`matches`, `like`)" });
  if (node.by !== undefined) report.add("E099", file, node.by.at, { what: "`by FIELD`" });
  const type = resolveType(node.type, scope, program);
  if (type === undefined) return undefined;
  return node.optional ? { name: node.name.text, type, optional: true } : { name: node.name.text, type };
}

/** Fields in order, each name once; one whose type is not known is there with a type nothing can be done with. */
export function resolveFields(
  nodes: readonly FieldNode[],
  scope: ModuleScope,
  program: Program,
  what: string,
): Field[] {
  const fields = new Map<string, Field>();
  for (const node of nodes) {
    const field = resolveField(node, scope, program);
    if (fields.has(node.name.text))
      program.report.add("E120", scope.module.file, node.name.at, { what, name: node.name.text });
    else fields.set(node.name.text, field ?? { name: node.name.text, type: UNRESOLVED });
  }
  return [...fields.values()];
}

/** The declared records of all modules, under their names in the bundle; one that contains itself is refused. */
export function resolveTypes(program: Program): TypeTable {
  const table: TypeTable = new Map();
  const symbols = new Map<string, TypeSymbol>();
  for (const scope of program.scopes.values()) {
    for (const symbol of scope.own) {
      if (symbol.kind !== "type") continue;
      symbols.set(symbol.bundleName, symbol);
      table.set(symbol.bundleName, resolveType(symbol.node.record, scope, program) ?? UNRESOLVED);
    }
  }
  const done = new Set<string>();
  const enter = (name: string, trail: readonly string[]): void => {
    const symbol = symbols.get(name);
    const type = table.get(name);
    if (done.has(name) || symbol === undefined || type === undefined) return;
    if (trail.includes(name) || trail.length > 100) {
      program.report.add("E122", symbol.module.file, symbol.at, {
        name: symbol.name,
        list: [...trail.slice(Math.max(0, trail.indexOf(name))), name].slice(0, 12),
      });
      table.set(name, UNRESOLVED);
      done.add(name);
      return;
    }
    for (const inner of namesIn(type)) enter(inner, [...trail, name]);
    done.add(name);
  };
  for (const name of symbols.keys()) enter(name, []);
  return table;
}

function namesIn(type: Type): string[] {
  if (type.kind === "Named") return [type.name];
  if (type.kind === "List") return namesIn(type.of);
  if (type.kind === "Record") return type.fields.flatMap((field) => namesIn(field.type));
  return [];
}
