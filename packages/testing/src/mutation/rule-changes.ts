import { walk, type Bundle, type Demand, type Expression, type Limit, type Rule, type Tool, type Type } from "@writ/ir";
import { formatDuration } from "@writ/ir/values";
import { headOf, toolWords, wordOf } from "../rule-words.js";
import { movedBound } from "./bounds.js";
import { within, type Operator, type RuleChange } from "./change.js";
import { wholeChanges } from "./condition-changes.js";

/** A rule that names more tools than this is narrowed by none of them. */
const NARROWED = 5;

/** Every change of a rule, in an order that only the bundle decides. `samples`: {@link Setting.samples}. */
export function* ruleChanges(rule: Rule, bundle: Bundle, samples: readonly string[]): Generator<RuleChange> {
  const tool = rule.tools[0] ?? "its tool";
  const on = (operator: Operator, to: Rule | undefined, was: string, now: string, hint: string): RuleChange => ({
    operator,
    at: rule.at,
    was,
    now,
    hint,
    to,
  });
  yield on(
    "drop rule",
    undefined,
    headOf(rule),
    "",
    `a call of ${tool} that ${wordOf(rule)} ${rule.id} decides (\`by ${rule.id}\`)`,
  );
  if (rule.kind === "allow") {
    const demand = demandOf(bundle);
    if (demand !== undefined)
      yield on(
        "grant/ask",
        asking(rule, demand),
        headOf(rule),
        `ask ${rule.id} from ${demand.from.join(", ")}`,
        `a call that ${rule.id} allows`,
      );
  }
  if (rule.kind === "ask") {
    const { demand: _demand, remember: _remember, ...rest } = rule;
    yield on(
      "grant/ask",
      { ...rest, kind: "allow" },
      headOf(rule),
      `allow ${rule.id}`,
      `a call that ${rule.id} asks for`,
    );
  }
  yield* targetChanges(rule, bundle);
  const trueLoosens = rule.kind === "allow" || rule.kind === "ask";
  yield* within(wholeChanges(rule.when, { tool, trueLoosens, samples }), (when): Rule => ({ ...rule, when }));
  for (const [i, limit] of rule.limits.entries()) yield* limitChanges(rule, i, limit);
  if (rule.isolate !== undefined) {
    const { isolate, ...rest } = rule;
    yield on(
      "drop isolate",
      rest,
      `isolate ${isolate}`,
      "",
      `a call of ${tool} under the rule, with \`isolated ${isolate}\``,
    );
  }
  if (rule.kind === "allow" || rule.kind === "ask") {
    for (const [i, transform] of (rule.transforms ?? []).entries()) {
      const to: Rule = { ...rule, transforms: (rule.transforms ?? []).toSpliced(i, 1) };
      const text = `${transform.kind} ${transform.path.join(".")}`;
      yield {
        operator: "drop transform",
        at: transform.at,
        was: text,
        now: "",
        hint: `a call of ${tool} that says, by \`with\`, what ${text} makes of it`,
        to,
      };
    }
  }
}

function* limitChanges(rule: Rule, index: number, limit: Limit): Generator<RuleChange> {
  const text = limitWords(limit);
  const hint = `as many calls of ${rule.tools[0] ?? "its tool"} as \`${text}\` lets through, and one more (\`forbid by limit\`)`;
  yield {
    operator: "drop limit",
    at: limit.at,
    was: text,
    now: "",
    hint,
    to: { ...rule, limits: rule.limits.toSpliced(index, 1) },
  };
  const raised = raisedLimit(limit);
  if (raised !== undefined)
    yield {
      operator: "raise limit",
      at: limit.at,
      was: text,
      now: limitWords(raised),
      hint,
      to: { ...rule, limits: rule.limits.with(index, raised) },
    };
}

function raisedLimit(limit: Limit): Limit | undefined {
  if (limit.kind !== "sum") return { ...limit, count: limit.count === 0 ? 1 : limit.count * 2 };
  const total = movedBound(limit.type, limit.total, true);
  return total === undefined ? undefined : { ...limit, total };
}

function limitWords(limit: Limit): string {
  switch (limit.kind) {
    case "calls":
      return `limit ${limit.count} calls per ${windowWords(limit.window)}`;
    case "distinct":
      return `limit ${limit.count} distinct per ${windowWords(limit.window)}`;
    case "concurrent":
      return `limit ${limit.count} concurrent`;
    case "sum":
      return `limit a sum of ${JSON.stringify(limit.total)} per ${windowWords(limit.window)}`;
  }
}

function windowWords(window: number | "session"): string {
  return window === "session" ? window : formatDuration(window);
}

/** The rule on a tool more, and on a tool less. */
function* targetChanges(rule: Rule, bundle: Bundle): Generator<RuleChange> {
  const was = `on ${toolWords(rule.tools)}`;
  const more = furtherTool(rule, bundle);
  if (more !== undefined) {
    const to = { ...rule, tools: [...rule.tools, more] };
    yield {
      operator: "widen targets",
      at: rule.at,
      was,
      now: `on ${toolWords(to.tools)}`,
      hint: `a call of ${more} that comes out otherwise than under ${rule.id}`,
      to,
    };
  }
  if (rule.tools.length < 2 || rule.tools.length > NARROWED) return;
  const types = new Map(bundle.types.map(({ name, type }) => [name, type]));
  for (const [i, name] of rule.tools.entries()) {
    const tool = bundle.tools.find((one) => one.name === name);
    // `some arg of Url` holds for no call of a tool without one: without it nothing would be another.
    if (tool !== undefined && listsNothing(rule.when, tool, types)) continue;
    const to = { ...rule, tools: rule.tools.toSpliced(i, 1) };
    yield {
      operator: "narrow targets",
      at: rule.at,
      was,
      now: `on ${toolWords(to.tools)}`,
      hint: `a call of ${name} that ${rule.id} decides`,
      to,
    };
  }
}

/** A tool that the rule could as well be on: it has the arguments that the rule looks at. Of the same namespace, if any is. */
function furtherTool(rule: Rule, bundle: Bundle): string | undefined {
  if (rule.kind === "output" || rule.limits.some(({ kind }) => kind === "distinct" || kind === "sum")) return undefined;
  const own = bundle.tools.find(({ name }) => name === rule.tools[0]);
  if (own === undefined) return undefined;
  const needed = argumentsIn(rule.when);
  const fits = (tool: Tool): boolean =>
    [...needed].every((name) => {
      const [theirs, ours] = [tool, own].map(({ params }) => params.find((param) => param.name === name)?.type.kind);
      return theirs !== undefined && theirs === ours;
    });
  const others = bundle.tools.filter((tool) => !rule.tools.includes(tool.name) && fits(tool));
  const space = (name: string): string => name.slice(0, name.lastIndexOf(".") + 1);
  return (others.find(({ name }) => space(name) === space(own.name)) ?? others[0])?.name;
}

/** Whether a condition only lists arguments of types that a tool has none of. */
function listsNothing(condition: Expression, tool: Tool, types: ReadonlyMap<string, Type>): boolean {
  const wanted: Type[] = [];
  walk(condition, (node) => void (node.op === "argsOf" && wanted.push(node.type)));
  return (
    wanted.length > 0 && wanted.every((type) => !tool.params.some((param) => holdsType(param.type, type, types, 0)))
  );
}

function holdsType(type: Type, wanted: Type, types: ReadonlyMap<string, Type>, depth: number): boolean {
  if (type.kind === wanted.kind && (type.kind !== "Named" || (wanted.kind === "Named" && type.name === wanted.name)))
    return true;
  if (depth > 64) return true;
  switch (type.kind) {
    case "Named": {
      const named = types.get(type.name);
      return named !== undefined && holdsType(named, wanted, types, depth + 1);
    }
    case "List":
      return holdsType(type.of, wanted, types, depth + 1);
    case "Record":
      return type.fields.some((field) => holdsType(field.type, wanted, types, depth + 1));
    default:
      return false;
  }
}

function argumentsIn(condition: Expression): ReadonlySet<string> {
  const names = new Set<string>();
  walk(condition, (node) => {
    if (node.op === "arg") names.add(node.name);
    if (node.op === "given") names.add(node.path[0] ?? "");
  });
  return names;
}

function asking(rule: Extract<Rule, { kind: "allow" }>, demand: Demand): Rule {
  return { ...rule, kind: "ask", demand };
}

/** Somebody who may be asked; undefined in a policy without roles. */
function demandOf(bundle: Bundle): Demand | undefined {
  for (const rule of bundle.rules) if (rule.kind === "ask" || rule.kind === "demand") return rule.demand;
  const [role] = bundle.roles;
  return role === undefined
    ? undefined
    : { from: [role.name], requester: false, quorum: 1, expires: 1_800_000, show: [] };
}
