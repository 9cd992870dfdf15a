import type { Field, IdentityKind, Json, Span, Tool, Type } from "@writ/ir";
import { readFields, readValue } from "@writ/ir/values";
import { suggest } from "../diagnostics/suggest.js";
import { bareScope, type Scope } from "../semantics/infer/scope.js";
import { showType } from "../semantics/type-relations.js";
import { labelsOf, resolveType } from "../semantics/types.js";
import { durationOf, IDENTITIES, isOneOf, ISOLATIONS, RISKS } from "../semantics/vocabulary.js";
import type { Place } from "../source/place.js";
import type { CallNode, Declaration, Expr, RecordEntry, Statement } from "../syntax/ast.js";
import { complain, rolesOf, spanAt, type Lowering } from "./lowering.js";
import { literalJson } from "./literal-json.js";

/** One step of an inline test, ready to run. */
export type TestStep =
  | {
      readonly kind: "as";
      readonly roles: readonly string[];
      readonly claims: Readonly<Record<IdentityKind, Readonly<Record<string, Json>>>>;
      /** What the guard is given at its start; a param not given is absent, so unknown. */
      readonly params: Readonly<Record<string, Json>>;
      readonly span: Span;
    }
  /** The user's own words. */
  | { readonly kind: "said"; readonly text: string; readonly span: Span }
  /** Labels that the session has read already. */
  | { readonly kind: "label"; readonly labels: readonly string[]; readonly span: Span }
  /** What the host answers to a fact, whatever it is asked with. */
  | { readonly kind: "fact"; readonly name: string; readonly value: Json; readonly span: Span }
  /** The clock is set, in milliseconds since 1970 (UTC). */
  | { readonly kind: "at"; readonly time: number; readonly span: Span }
  /** The clock moves, in milliseconds. */
  | { readonly kind: "wait"; readonly duration: number; readonly span: Span }
  | TestCall;

/** A call and what is expected of it. */
export interface TestCall {
  readonly kind: "call";
  readonly tool: string;
  /** A text that is exactly `$n` stands for the result of the n-th call of the test. */
  readonly args: Readonly<Record<string, Json>>;
  readonly effect: "allow" | "ask" | "forbid";
  /** Rules that are among the reasons, or `input`, `default`, `limit`. */
  readonly by: readonly string[];
  /** Roles that are asked. */
  readonly from: readonly string[];
  /** A risk or an isolation backend. */
  readonly isolated?: string;
  /** What the tool returns. */
  readonly returns?: Json;
  /** Arguments as the tool receives them, after transforms: those that are named. */
  readonly with?: Readonly<Record<string, Json>>;
  readonly span: Span;
}

/** An inline test of a policy. */
export interface PolicyTest {
  readonly name: string;
  readonly span: Span;
  readonly steps: readonly TestStep[];
}

const RUNTIME_REASONS = ["input", "default", "limit"] as const;

/** A test with its names resolved and its values as JSON; undefined where something is wrong, which has been said. */
export function lowerTest(
  lowering: Lowering,
  node: Extract<Declaration, { kind: "test" }>,
  ruleIds: ReadonlySet<string>,
): PolicyTest | undefined {
  const { program } = lowering;
  const steps: TestStep[] = [];
  let complete = true;
  const calls = node.statements.filter((statement) => statement.kind === "call");
  for (const statement of node.statements) {
    const before = statement.kind === "call" ? calls.slice(0, calls.indexOf(statement)) : [];
    const step = checkHandles(lowering, statement, before) ? lowerStatement(lowering, statement, ruleIds) : undefined;
    if (step === undefined) complete = false;
    else steps.push(step);
  }
  if (!node.statements.some((statement) => statement.kind === "call")) {
    return complain(program, "E138", node.name.at, {
      reason: "the test calls nothing, so it tests nothing",
      expected: "add `call TOOL(…) => allow`",
    });
  }
  return complete ? { name: node.name.text, span: spanAt(program.entry, node.name.at), steps } : undefined;
}

function testScope(lowering: Lowering): Scope {
  return bareScope(lowering.program.entry, "test");
}

/** E138: `$n` stands for the result of an earlier call of the test, and only where an argument is given. */
function checkHandles(lowering: Lowering, statement: Statement, before: readonly CallNode[]): boolean {
  const given = statement.kind === "call" ? statement.args.flatMap(({ value }) => handlesIn(value)) : [];
  const elsewhere =
    statement.kind === "call"
      ? [statement.returns, ...(statement.with?.args.map(({ value }) => value) ?? [])]
      : statement.kind === "as"
        ? statement.claims.map(({ value }) => value)
        : statement.kind === "given"
          ? [statement.value]
          : [];
  let sound = true;
  const refuse = (handle: { readonly index: number; readonly at: Place }, why: string): void => {
    sound = false;
    complain(lowering.program, "E138", handle.at, {
      reason: `there is no \`$${handle.index}\`: ${why}`,
      expected: "`$1` is what the first call of the test returned",
    });
  };
  for (const handle of elsewhere.flatMap((expr) => (expr === undefined ? [] : handlesIn(expr))))
    refuse(handle, "a handle is given as an argument of a call only");
  for (const handle of given) {
    const call = before[handle.index - 1];
    if (call === undefined)
      refuse(
        handle,
        `${before.length === 0 ? "no call" : `only ${before.length} of the calls`} of the test came before`,
      );
    else if (call.effect !== "allow") refuse(handle, `that call was not made, so it returned nothing`);
  }
  return sound;
}

/** The handles in a value as written. */
function handlesIn(expr: Expr): { readonly index: number; readonly at: Place }[] {
  const found: { readonly index: number; readonly at: Place }[] = [];
  const open: Expr[] = [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === "handle") found.push(next);
    else if (next.kind === "list") open.push(...next.items);
    else if (next.kind === "record") open.push(...next.entries.map(({ value }) => value));
  }
  return found;
}

function lowerStatement(lowering: Lowering, statement: Statement, ruleIds: ReadonlySet<string>): TestStep | undefined {
  const { program } = lowering;
  const span = spanAt(program.entry, statement.at);
  switch (statement.kind) {
    case "as":
      return lowerAs(lowering, statement, span);
    case "said":
      return { kind: "said", text: statement.text, span };
    case "given":
      return statement.what === "label"
        ? lowerLabel(lowering, statement, span)
        : lowerGivenFact(lowering, statement, span);
    case "at": {
      const reading = readValue({ kind: "Time" }, statement.instant.text, lowering.types);
      if (!reading.ok || typeof reading.value !== "number")
        return complain(program, "E112", statement.instant.at, {
          found: statement.instant.text,
          expected: "Time",
          reason: "there is no such instant",
        });
      return { kind: "at", time: reading.value, span };
    }
    case "wait": {
      const duration = durationOf(statement.duration.text);
      return duration === undefined
        ? complain(program, "E127", statement.duration.at, { what: "a duration", reason: "too long" })
        : { kind: "wait", duration, span };
    }
    case "call":
      return lowerCall(lowering, statement, span, ruleIds);
  }
}

type GivenStatement = Extract<Statement, { kind: "given" }>;

function lowerLabel(lowering: Lowering, { names }: GivenStatement, span: Span): TestStep | undefined {
  const labels = labelsOf(names, lowering.program.entry, lowering.program);
  return labels.length === new Set(names.map((name) => name.text)).size ? { kind: "label", labels, span } : undefined;
}

function lowerGivenFact(lowering: Lowering, statement: GivenStatement, span: Span): TestStep | undefined {
  const { program } = lowering;
  const [name] = statement.names;
  if (name === undefined || statement.value === undefined) return undefined;
  const fact = program.entry.find("fact", name.text);
  if (fact === undefined) {
    if (program.entry.isExcused(name.text)) return undefined;
    const all = [...program.entry.visible("fact").keys()];
    const details = { name: name.text, what: "no fact", list: all };
    return complain(program, "E102", name.at, details, suggest(name.text, all));
  }
  const module = program.scopes.get(fact.module);
  const type = module === undefined ? undefined : resolveType(fact.node.result, module, program);
  const value = type === undefined ? undefined : fitting(lowering, statement.value, type);
  return value === undefined ? undefined : { kind: "fact", name: fact.bundleName, value: value.json, span };
}

/** A literal as the canonical JSON of a type; E112 where it does not fit. */
function fitting(lowering: Lowering, value: Expr, type: Type): { readonly json: Json } | undefined {
  const json = literalJson(lowering.inference, value, testScope(lowering), type);
  if (json === undefined) return undefined;
  const reading = readValue(type, json.value, lowering.types);
  if (reading.ok) return { json: reading.wire };
  return complain(lowering.program, "E112", value.at, {
    found: "this",
    expected: showType(type),
    reason: reading.fault.message,
  });
}

function lowerAs(lowering: Lowering, statement: Extract<Statement, { kind: "as" }>, span: Span): TestStep | undefined {
  const { program } = lowering;
  const roles = rolesOf(program, statement.roles);
  const claims: Record<IdentityKind, Record<string, Json>> = { user: {}, agent: {}, session: {} };
  const params: Record<string, Json> = {};
  let complete = statement.roles.every((name) => program.entry.find("role", name.text) !== undefined);
  for (const { name, value } of statement.claims) {
    const param = program.entry.find("param", name.text);
    if (param !== undefined) {
      const module = program.scopes.get(param.module);
      const type = module === undefined ? undefined : resolveType(param.node.type, module, program);
      const given = type === undefined ? undefined : fitting(lowering, value, type);
      if (given === undefined) complete = false;
      else params[param.bundleName] = given.json;
      continue;
    }
    const [of, claim] = name.parts;
    if (of === undefined || claim === undefined || name.parts.length !== 2 || !isOneOf(IDENTITIES, of.text)) {
      complete = false;
      if (!program.entry.isExcused(name.text))
        complain(program, "E102", name.at, {
          name: name.text,
          what: "no claim and no param: a claim is written `user.…`, `agent.…` or `session.…`",
          list: [...program.entry.visible("param").keys()],
        });
      continue;
    }
    const known = program.entry.identity[of.text];
    const declared = known.get(claim.text);
    if (declared === undefined) {
      complete = false;
      if (program.entry.isExcused(of.text)) continue;
      const what = `\`${of.text}\``;
      const details = { name: claim.text, what, list: [...known.keys()], reason: "no claims are declared" };
      complain(program, "E103", claim.at, details, suggest(claim.text, known.keys()));
      continue;
    }
    const given = fitting(lowering, value, declared.field.type);
    if (given === undefined) complete = false;
    else claims[of.text][claim.text] = given.json;
  }
  return complete ? { kind: "as", roles: roles.map((role) => role.bundleName), claims, params, span } : undefined;
}

function lowerCall(lowering: Lowering, node: CallNode, span: Span, ruleIds: ReadonlySet<string>): TestCall | undefined {
  const { program } = lowering;
  const tool = lowering.tools.visible.get(node.tool.text);
  if (tool === undefined) {
    if (program.entry.isExcused(node.tool.text)) return undefined;
    const all = [...lowering.tools.visible.keys()];
    return complain(program, "E101", node.tool.at, { name: node.tool.text, list: all }, suggest(node.tool.text, all));
  }
  const by = node.by.map((name) => name.text);
  let complete = true;
  for (const name of node.by) {
    if (ruleIds.has(name.text) || program.entry.isExcused(name.text) || isOneOf(RUNTIME_REASONS, name.text)) continue;
    complete = false;
    complain(
      program,
      "E136",
      name.at,
      { name: name.text, list: [...ruleIds] },
      suggest(name.text, [...ruleIds, ...RUNTIME_REASONS]),
    );
  }
  const args = argumentsOf(lowering, node.args, tool.params);
  if (args === undefined) return undefined;
  const misfit = node.effect === "forbid" && by.includes("input");
  // What a handle stands for is read when the call is made.
  const open = new Set(node.args.filter(({ value }) => handlesIn(value).length > 0).map(({ name }) => name.text));
  const params = tool.params.map((param): Field =>
    open.has(param.name) ? { ...param, type: { kind: "Json" } } : param,
  );
  const reading = readFields(params, args, lowering.types, "");
  if (!misfit && !reading.ok) {
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(reading.fault.path)?.[0] ?? "";
    const entry = node.args.find((arg) => arg.name.text === name);
    const names = tool.params.map((param) => param.name);
    return complain(
      program,
      "E137",
      entry?.value.at ?? node.tool.at,
      { reason: `${reading.fault.path === "" ? "" : `\`${reading.fault.path}\`: `}${reading.fault.message}` },
      names.includes(name) ? undefined : suggest(name, names),
    );
  }
  const from = rolesOf(program, node.from);
  if (node.from.some((name) => program.entry.find("role", name.text) === undefined)) complete = false;
  if (node.isolated !== undefined && !isOneOf([...RISKS, ...ISOLATIONS], node.isolated.text)) {
    complete = false;
    complain(
      program,
      "E108",
      node.isolated.at,
      { name: node.isolated.text, what: "tier or isolation backend", list: [...RISKS, ...ISOLATIONS] },
      suggest(node.isolated.text, [...RISKS, ...ISOLATIONS]),
    );
  }
  const returns =
    node.returns === undefined
      ? undefined
      : literalJson(lowering.inference, node.returns, testScope(lowering), tool.result);
  if (node.returns !== undefined && returns === undefined) complete = false;
  const changed = node.with === undefined ? undefined : changedOf(lowering, node.with, tool);
  if (!complete || (node.with !== undefined && changed === undefined)) return undefined;
  return {
    kind: "call",
    tool: tool.name,
    args,
    effect: node.effect,
    by,
    from: from.map((role) => role.bundleName),
    ...(node.isolated === undefined ? {} : { isolated: node.isolated.text }),
    ...(returns === undefined ? {} : { returns: returns.value }),
    ...(changed === undefined ? {} : { with: changed }),
    span,
  };
}

/** `with (...)`: arguments after transforms, each as its type has it. */
function changedOf(
  lowering: Lowering,
  changed: NonNullable<CallNode["with"]>,
  tool: Tool,
): Record<string, Json> | undefined {
  const args = argumentsOf(lowering, changed.args, tool.params);
  if (args === undefined) return undefined;
  const given = tool.params.filter((param) => Object.hasOwn(args, param.name));
  const reading = readFields(given, args, lowering.types, "");
  if (reading.ok) return args;
  return complain(lowering.program, "E137", changed.at, {
    reason: `${reading.fault.path === "" ? "" : `\`${reading.fault.path}\`: `}${reading.fault.message}`,
  });
}

function argumentsOf(
  lowering: Lowering,
  entries: readonly RecordEntry[],
  params: readonly { readonly name: string; readonly type: Parameters<typeof literalJson>[3] }[],
): Record<string, Json> | undefined {
  const args = new Map<string, Json>();
  let complete = true;
  for (const { name, value } of entries) {
    if (args.has(name.text)) {
      complete = false;
      complain(lowering.program, "E120", name.at, { what: "argument", name: name.text });
      continue;
    }
    const json = literalJson(
      lowering.inference,
      value,
      testScope(lowering),
      params.find((param) => param.name === name.text)?.type,
    );
    if (json === undefined) complete = false;
    else args.set(name.text, json.value);
  }
  return complete ? Object.fromEntries(args) : undefined;
}
