import type { Json, Rule, Transform, Type } from "@writ/ir";
import { clampLimit, orderValues, readValue } from "@writ/ir/values";
import type { Verdict } from "../evaluate/decide.js";
import { valueOf } from "../evaluate/evaluate.js";
import type { Scope } from "../evaluate/scope.js";
import { wireOf } from "../evaluate/wire.js";
import { updateAt } from "./json-path.js";
import { redact, type Findings } from "./redact.js";

/** Arguments as the grants want them, or why they cannot be made so. */
export type Transformed =
  | { readonly ok: true; readonly args: Json; readonly params: ReadonlySet<string> }
  | { readonly ok: false; readonly rule: string; readonly why: string };

/** The transforms of the grants that match, if there are any. */
export function transformsOf(verdict: Verdict): readonly { readonly rule: Rule; readonly transform: Transform }[] {
  return verdict.matches.flatMap(({ rule, truth }) =>
    truth === true && (rule.kind === "allow" || rule.kind === "ask")
      ? (rule.transforms ?? []).map((transform) => ({ rule, transform }))
      : [],
  );
}

/**
 * Applies the transforms of the matching grants, once, to disjoint paths (language.md section 5.5). Where one cannot be
 * applied, a detector is unavailable or two meet at one place, the call is refused.
 */
export function transformArguments(verdict: Verdict, ask: Findings): Transformed {
  const todo = transformsOf(verdict);
  const { scope, args } = verdict;
  const params = new Set<string>();
  let out: Json | undefined = args;
  for (const [i, { rule, transform }] of todo.entries()) {
    if (todo.slice(0, i).some((other) => meet(other.transform.path, transform.path)))
      return { ok: false, rule: rule.id, why: `two grants change ${transform.path.join(".")}` };
    params.add(transform.path[0] ?? "");
    try {
      if (scope === undefined) return { ok: false, rule: rule.id, why: "nothing is known of the call" };
      const inside =
        transform.kind === "clamp" && typeAt(scope, transform.path.slice(0, -1))?.kind === "Sql"
          ? transform
          : undefined;
      out =
        inside === undefined
          ? updateAt(out, transform.path, (value) => changed(transform, value, scope, ask))
          : updateAt(out, inside.path.slice(0, -1), (sql) => clampSql(inside, sql, scope));
    } catch (error) {
      return {
        ok: false,
        rule: rule.id,
        why: `${transform.kind} ${transform.path.join(".")}: ${error instanceof Error && error.message !== "" ? error.message : "cannot be done"}`,
      };
    }
  }
  return { ok: true, args: out ?? null, params };
}

/** The declared type at a path below the arguments. */
function typeAt(scope: Scope, [param = "", ...fields]: readonly string[]): Type | undefined {
  const resolve = (type: Type | undefined): Type | undefined =>
    type?.kind === "Named" ? scope.program.types.get(type.name) : type?.kind === "List" ? resolve(type.of) : type;
  let type = resolve(scope.tool?.params.get(param)?.type);
  for (const name of fields)
    type = type?.kind === "Record" ? resolve(type.fields.find((field) => field.name === name)?.type) : undefined;
  return type;
}

/** `clamp sql.limit`: what is no single SELECT is refused. */
function clampSql(
  { path, low, high }: Extract<Transform, { kind: "clamp" }>,
  sql: Json | undefined,
  scope: Scope,
): Json | undefined {
  if (sql === undefined) return undefined;
  const [from, to] = [valueOf(low, scope), valueOf(high, scope)];
  const clamped =
    path.at(-1) === "limit" && typeof sql === "string" && typeof from === "number" && typeof to === "number"
      ? clampLimit(sql, from, to)
      : undefined;
  if (clamped === undefined) throw new Error("its limit cannot be changed");
  return clamped;
}

/** Whether one path is the other, or leads to it. */
function meet(a: readonly string[], b: readonly string[]): boolean {
  return a.every((name, i) => i >= b.length || name === b[i]);
}

function changed(transform: Transform, value: Json | undefined, scope: Scope, ask: Findings): Json | undefined {
  switch (transform.kind) {
    case "drop":
      return undefined;
    case "set": {
      const set = valueOf(transform.value, scope);
      if (set === undefined) throw new Error("its value is unknown");
      return wireOf(set, transform.type, scope.program.types);
    }
    case "redact":
      return value === undefined ? undefined : redact(value, transform.detectors, ask, "argument");
    case "clamp": {
      if (value === undefined) return undefined;
      const read = readValue(transform.type, value, scope.program.types);
      const low = valueOf(transform.low, scope);
      const high = valueOf(transform.high, scope);
      if (!read.ok || low === undefined || high === undefined) throw new Error("its bounds are unknown");
      const below = orderValues(read.value, low);
      const above = orderValues(read.value, high);
      const empty = orderValues(low, high);
      if (below === undefined || above === undefined || empty === undefined || empty > 0)
        throw new Error("it cannot be compared with its bounds");
      return below < 0
        ? wireOf(low, transform.type, scope.program.types)
        : above > 0
          ? wireOf(high, transform.type, scope.program.types)
          : value;
    }
    default:
      throw new Error("it is not known");
  }
}
