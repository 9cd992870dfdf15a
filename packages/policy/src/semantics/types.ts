import type { Field, Type } from "@writ/ir";
import { compileGlob, compilePattern, CURRENCIES } from "@writ/ir/values";
import { suggest } from "../diagnostics/suggest.js";
import type { FieldNode, Ident, TypeNode } from "../syntax/ast.js";
import type { Program } from "./resolve.js";
import type { ModuleScope, TypeSymbol, TypeTable } from "./symbols.js";
import { aType } from "./type-relations.js";
import { isOneOf, SIMPLE_TYPES } from "./vocabulary.js";

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
  if (name === "Glob" || name === "Pattern") {
    return report.add("E110", file, node.at, {
      reason: `\`${name}\` is a type of literals only`,
      expected: "an argument that is a pattern would let the model choose what it is held to; take a Text",
    });
  }
  if (name === "Sql") {
    if (parameter?.kind === "text" && parameter.value === "postgresql") return { kind: "Sql", dialect: "postgresql" };
    return report.add("E108", file, parameter?.at ?? node.at, {
      name: parameter?.value ?? name,
      what: 'dialect of SQL: write `Sql<"postgresql">`',
      list: ["postgresql"],
    });
  }
  if (name === "Ref") {
    if (parameter?.kind === "text" && parameter.value !== "" && parameter.value.length <= 256)
      return { kind: "Ref", of: parameter.value };
    return report.add("E110", file, parameter?.at ?? node.at, {
      reason: "a Ref says what it refers to",
      expected: 'write `Ref<"mail">`: it stands only where a Ref of the same kind does',
    });
  }
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
      expected: "Text, Line, Money, Sql and Ref do: `Text<500>`, `Money<USD>`",
    });
  }
  if (isOneOf(SIMPLE_TYPES, name)) return { kind: name };
  const symbol = scope.find("type", name);
  if (symbol !== undefined) return { kind: "Named", name: symbol.bundleName };
  if (scope.isExcused(name)) return undefined;
  const all = [...scope.visible("type").keys(), ...SIMPLE_TYPES, "Text", "Line", "Money", "Sql", "Ref"];
  return report.add("E106", file, node.at, { name, list: all }, { suggestion: suggest(name, all) });
}

/** A field, a claim or a parameter. */
export function resolveField(node: FieldNode, scope: ModuleScope, program: Program): Field | undefined {
  const type = resolveType(node.type, scope, program);
  const labels = labelsOf(node.labels, scope, program);
  const shaped = type === undefined || node.shape === undefined || isShape(node.shape, type, scope, program);
  if (type === undefined || !shaped) return undefined;
  return {
    name: node.name.text,
    type,
    ...(node.optional ? { optional: true as const } : {}),
    ...(node.labels.length > 0 ? { labels } : {}),
    ...(node.shape === undefined ? {} : { [node.shape.operator]: node.shape.text }),
    ...(node.by === undefined ? {} : { by: node.by.text }),
  };
}

/** Names to labels, each once; unknown ones are said and left out. */
export function labelsOf(names: readonly Ident[], scope: ModuleScope, program: Program): string[] {
  const known = knownLabels(scope);
  const labels: string[] = [];
  for (const name of names) {
    if (known.has(name.text)) {
      if (!labels.includes(name.text)) labels.push(name.text);
    } else if (!scope.isExcused(name.text)) {
      program.report.add(
        "E105",
        scope.module.file,
        name.at,
        { name: name.text, list: [...known] },
        { suggestion: suggest(name.text, known) },
      );
    }
  }
  return labels;
}

/** Every label that can be named in a module. */
export function knownLabels(scope: ModuleScope): ReadonlySet<string> {
  return new Set([...scope.visible("label").values()].flatMap((label) => label.node.values.map((value) => value.text)));
}

/** Whether a shape compiles and stands on a text: what it says of any other value would never be looked at. */
function isShape(shape: NonNullable<FieldNode["shape"]>, type: Type, scope: ModuleScope, program: Program): boolean {
  const { report } = program;
  const { file } = scope.module;
  const one = type.kind === "List" ? type.of : type;
  const shapely =
    one.kind === "Text" ||
    one.kind === "Line" ||
    one.kind === "Id" ||
    (one.kind === "Path" && shape.operator === "like");
  if (!shapely) {
    report.add("E110", file, shape.at, {
      reason: `\`${shape.operator}\` gives a text its shape, this is ${aType(type)}`,
      expected: "a value of this type has a shape of its own",
    });
    return false;
  }
  const compiled = shape.operator === "matches" ? compilePattern(shape.text) : compileGlob(shape.text);
  if (!compiled.ok)
    report.add(shape.operator === "matches" ? "E115" : "E116", file, shape.at, { reason: compiled.message });
  return compiled.ok;
}

/** E103 and E110: `by FIELD` names another field of the record, and no field is known by itself in the end. */
function checkKnownBy(nodes: readonly FieldNode[], scope: ModuleScope, program: Program): void {
  const by = new Map(nodes.map((node) => [node.name.text, node.by?.text]));
  for (const node of nodes) {
    if (node.by === undefined) continue;
    const all = nodes.map((one) => one.name.text).filter((name) => name !== node.name.text);
    if (!all.includes(node.by.text)) {
      program.report.add(
        "E103",
        scope.module.file,
        node.by.at,
        { name: node.by.text, what: "the record", list: all, reason: "it has no other field" },
        { suggestion: suggest(node.by.text, all) },
      );
      continue;
    }
    let next: string | undefined = node.by.text;
    for (let i = 0; next !== undefined && next !== node.name.text && i < nodes.length; i++) next = by.get(next);
    if (next !== undefined)
      program.report.add("E110", scope.module.file, node.by.at, {
        reason: `\`${node.name.text}\` is known by itself`,
        expected: "`by` names the field that people know the thing by, such as its name",
      });
  }
}

/** Fields in order, each name once; one whose type is not known is there with a type nothing can be done with. */
export function resolveFields(
  nodes: readonly FieldNode[],
  scope: ModuleScope,
  program: Program,
  what: string,
): Field[] {
  const fields = new Map<string, Field>();
  checkKnownBy(nodes, scope, program);
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
