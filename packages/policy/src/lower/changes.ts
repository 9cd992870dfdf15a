import type { Expression, Transform, Type } from "@writ/ir";
import { orderValues, readValue } from "@writ/ir/values";
import { suggest } from "../diagnostics/suggest.js";
import { knownDetectors } from "../semantics/infer/detectors.js";
import { expand, type Scope } from "../semantics/infer/scope.js";
import { followLets } from "../semantics/infer/lets.js";
import { aType, commonType, isOrdered } from "../semantics/type-relations.js";
import type { ClauseOf, QName } from "../syntax/ast.js";
import { complain, spanAt, type Lowering } from "./lowering.js";
import { pathOf } from "./demands.js";

/** A place below an argument, a result or an answer, and what stands there. */
export interface Spot {
  readonly path: string[];
  readonly type: Type;
  /** Whether it may be absent. */
  readonly optional: boolean;
  /** A number inside a semantic type, which only `clamp` can change: the limit of an `Sql`. */
  readonly inside?: "Sql";
}

type Change = ClauseOf<"redact" | "clamp" | "set" | "drop">;

/** A transform of a grant; undefined where it cannot be made, which has been said. */
export function lowerTransform(lowering: Lowering, clause: Change, scope: Scope): Transform | undefined {
  const { program, inference } = lowering;
  const spot = spotOf(lowering, clause.argument, scope, clause.kind === "redact");
  if (spot === undefined) return undefined;
  const at = spanAt(program.entry, clause.at);
  const { path } = spot;
  const shown = `\`${path.join(".")}\``;
  switch (clause.kind) {
    case "redact": {
      const detectors = knownDetectors(inference, clause.detectors, scope);
      if (detectors === undefined) return undefined;
      return holdsText(spot.type, lowering)
        ? { kind: "redact", path, detectors, at }
        : notText(lowering, clause.argument, spot);
    }
    case "scan":
      return undefined;
    case "drop":
      if (spot.optional) return { kind: "drop", path, at };
      return complain(program, "E143", clause.argument.at, {
        reason: `${shown} is not optional, so a call without it is none`,
        expected: "give it another value: `set ARG = …`",
      });
    case "clamp": {
      const range = followLets(inference, clause.value, scope);
      if (range === undefined) return undefined;
      if (range.expr.kind !== "range") {
        complain(program, "E143", clause.value.at, { reason: "`clamp` takes a range", expected: "`1 .. 100`" });
        return undefined;
      }
      if (!isOrdered(spot.type))
        return complain(program, "E143", clause.argument.at, {
          reason: `\`clamp\` is for numbers, money, durations and instants, ${shown} is ${aType(spot.type)}`,
        });
      const low = bound(lowering, range.expr.low, spot, range.scope);
      const high = bound(lowering, range.expr.high, spot, range.scope);
      if (low === undefined || high === undefined) return undefined;
      if (isEmpty(low.node, high.node))
        return complain(program, "E143", clause.value.at, {
          reason: "no value is in this range",
          expected: "the lower bound comes first",
        });
      return { kind: "clamp", path, type: spot.type, low: low.node, high: high.node, at };
    }
    case "set": {
      const value = bound(lowering, clause.value, spot, scope);
      return value === undefined ? undefined : { kind: "set", path, type: spot.type, value: value.node, at };
    }
  }
}

/** Whether a range that is known when the policy is compiled holds nothing. */
function isEmpty(low: Expression, high: Expression): boolean {
  if (low.op !== "literal" || high.op !== "literal") return false;
  const [a, b] = [low, high].map((node) => readValue(node.type, node.value, new Map()));
  const order = a?.ok === true && b?.ok === true ? orderValues(a.value, b.value) : undefined;
  return order !== undefined && order > 0;
}

function bound(
  lowering: Lowering,
  expr: ClauseOf<"set">["value"],
  spot: Spot,
  scope: Scope,
): ReturnType<Lowering["inference"]["value"]> {
  const typed = lowering.inference.value(expr, scope, spot.type);
  if (typed === undefined) return undefined;
  const [a, b] = [expand(spot.type, lowering.types), expand(typed.type, lowering.types)];
  const fits = commonType(a, b) !== undefined && !(a.kind === "Int" && b.kind === "Decimal");
  return fits
    ? typed
    : complain(lowering.program, "E143", expr.at, {
        reason: `\`${spot.path.join(".")}\` is ${aType(spot.type)}, this is ${aType(typed.type)}`,
      });
}

/** Follows a path from an argument, `result` or the answer; lists are gone through where every element is meant. */
export function spotOf(
  lowering: Lowering,
  name: QName,
  scope: Scope,
  throughLists: boolean,
  root: "arguments" | "result" = "arguments",
): Spot | undefined {
  const { program } = lowering;
  const path = [...pathOf(name)];
  const [first = "", ...fields] = path;
  const results = root === "result" && first === "result" ? scope.result : undefined;
  const parameter = results ?? (root === "arguments" ? scope.parameters.get(first) : textOf(first, scope));
  if (parameter === undefined) {
    const all = root === "arguments" ? [...scope.parameters.keys()] : placesOf(scope);
    const what = root === "arguments" ? "no argument of these tools" : "nothing that comes back";
    return complain(program, "E102", name.at, { name: first, what, list: all }, suggest(first, all));
  }
  const [without] = parameter.missing;
  if (root === "arguments" && without !== undefined) {
    return complain(program, "E143", name.at, {
      reason: `\`${without}\` has no \`${first}\``,
      expected: "write the change in a rule for the tools that have it",
    });
  }
  if (parameter.conflict !== undefined)
    return complain(program, "E118", name.at, { name: first, list: parameter.conflict.slice(0, 6) });
  let { type, optional }: { type: Type; optional: boolean } = parameter;
  for (const [i, field] of fields.entries()) {
    let actual = expand(type, lowering.types);
    if (throughLists && actual.kind === "List") actual = expand(actual.of, lowering.types);
    if (actual.kind === "Sql" && field === "limit" && i === fields.length - 1 && !throughLists)
      return { path, type: { kind: "Int" }, optional: false, inside: "Sql" };
    const found = actual.kind === "Record" ? actual.fields.find((one) => one.name === field) : undefined;
    if (found === undefined) {
      const all = actual.kind === "Record" ? actual.fields.map((one) => one.name) : [];
      const at = name.parts.at(-1 - (fields.length - 1 - i))?.at ?? name.at;
      const details = {
        name: field,
        what: aType(type),
        list: all,
        reason: "nothing below it can be changed by itself",
      };
      return complain(program, "E103", at, details, suggest(field, all));
    }
    ({ type } = found);
    optional = found.optional === true;
  }
  return { path, type, optional };
}

/** The agent's answer, where the rule is for it. */
function textOf(name: string, scope: Scope): ReturnType<Scope["parameters"]["get"]> {
  const parameter = scope.parameters.get("text");
  return name === "text" && scope.reply === true ? parameter : undefined;
}

function placesOf(scope: Scope): readonly string[] {
  return [...(scope.result === undefined ? [] : ["result"]), ...(scope.reply === true ? ["text"] : [])];
}

/** Whether a value is text or holds some. */
export function holdsText(type: Type, lowering: Lowering): boolean {
  const actual = expand(type, lowering.types);
  if (actual.kind === "List") return holdsText(actual.of, lowering);
  if (actual.kind === "Record") return actual.fields.some((field) => holdsText(field.type, lowering));
  return actual.kind === "Text" || actual.kind === "Line" || actual.kind === "Json";
}

export function notText(lowering: Lowering, name: QName, spot: Spot): undefined {
  return complain(lowering.program, "E143", name.at, {
    reason: `only text can be changed so, \`${spot.path.join(".")}\` is ${aType(spot.type)}`,
  });
}
