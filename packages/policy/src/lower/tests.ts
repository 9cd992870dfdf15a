import type { IdentityKind, Json, Span } from "@writ/ir";
import { readFields, readValue } from "@writ/ir/values";
import { suggest } from "../diagnostics/suggest.js";
import { newBudget, type Scope } from "../semantics/infer/scope.js";
import { durationOf, IDENTITIES, isOneOf, ISOLATIONS, RISKS } from "../semantics/vocabulary.js";
import type { CallNode, Declaration, RecordEntry, Statement } from "../syntax/ast.js";
import { complain, rolesOf, spanAt, type Lowering } from "./lowering.js";
import { literalJson } from "./literal-json.js";

/** One step of an inline test, ready to run. */
export type TestStep =
  | {
      readonly kind: "as";
      readonly roles: readonly string[];
      readonly claims: Readonly<Record<IdentityKind, Readonly<Record<string, Json>>>>;
      readonly span: Span;
    }
  /** The clock is set, in milliseconds since 1970 (UTC). */
  | { readonly kind: "at"; readonly time: number; readonly span: Span }
  /** The clock moves, in milliseconds. */
  | { readonly kind: "wait"; readonly duration: number; readonly span: Span }
  | TestCall;

/** A call and what is expected of it. */
export interface TestCall {
  readonly kind: "call";
  readonly tool: string;
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
  for (const statement of node.statements) {
    const step = lowerStatement(lowering, statement, ruleIds);
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
  return {
    module: lowering.program.entry,
    place: "test",
    parameters: new Map(),
    variables: new Map(),
    given: new Set(),
    expanding: [],
    budget: newBudget(),
  };
}

function lowerStatement(lowering: Lowering, statement: Statement, ruleIds: ReadonlySet<string>): TestStep | undefined {
  const { program } = lowering;
  const span = spanAt(program.entry, statement.at);
  switch (statement.kind) {
    case "as":
      return lowerAs(lowering, statement, span);
    case "said":
      return complain(program, "E099", statement.at, { what: "`said` in a test" });
    case "given":
      return complain(program, "E099", statement.at, { what: "`given` in a test" });
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

function lowerAs(lowering: Lowering, statement: Extract<Statement, { kind: "as" }>, span: Span): TestStep | undefined {
  const { program, types } = lowering;
  const roles = rolesOf(program, statement.roles);
  const claims: Record<IdentityKind, Record<string, Json>> = { user: {}, agent: {}, session: {} };
  let complete = statement.roles.every((name) => program.entry.find("role", name.text) !== undefined);
  for (const { name, value } of statement.claims) {
    const [of, claim] = name.parts;
    if (of === undefined || claim === undefined || name.parts.length !== 2 || !isOneOf(IDENTITIES, of.text)) {
      complete = false;
      if (!program.entry.isExcused(name.text))
        complain(program, "E102", name.at, {
          name: name.text,
          what: "no claim: write `user.…`, `agent.…` or `session.…`",
        });
      continue;
    }
    const known = program.entry.identity[of.text];
    const declared = known.get(claim.text);
    const json = literalJson(lowering.inference, value, testScope(lowering), declared?.field.type);
    if (declared === undefined) {
      complete = false;
      if (program.entry.isExcused(of.text)) continue;
      complain(
        program,
        "E103",
        claim.at,
        { name: claim.text, what: `\`${of.text}\``, list: [...known.keys()], reason: "no claims are declared" },
        suggest(claim.text, known.keys()),
      );
      continue;
    }
    if (json === undefined) {
      complete = false;
      continue;
    }
    const reading = readValue(declared.field.type, json.value, types);
    if (reading.ok) claims[of.text][claim.text] = reading.wire;
    else {
      complete = false;
      complain(program, "E112", value.at, {
        found: "this",
        expected: declared.field.type.kind,
        reason: reading.fault.message,
      });
    }
  }
  return complete ? { kind: "as", roles: roles.map((role) => role.bundleName), claims, span } : undefined;
}

function lowerCall(lowering: Lowering, node: CallNode, span: Span, ruleIds: ReadonlySet<string>): TestCall | undefined {
  const { program } = lowering;
  const tool = lowering.tools.visible.get(node.tool.text);
  if (tool === undefined) {
    if (program.entry.isExcused(node.tool.text)) return undefined;
    const all = [...lowering.tools.visible.keys()];
    return complain(program, "E101", node.tool.at, { name: node.tool.text, list: all }, suggest(node.tool.text, all));
  }
  if (node.with !== undefined) return complain(program, "E099", node.with.at, { what: "`with` after a decision" });
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
  const reading = readFields(tool.params, args, lowering.types, "");
  if (!misfit && !reading.ok) {
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(reading.fault.path)?.[0] ?? "";
    const entry = node.args.find((arg) => arg.name.text === name);
    const params = tool.params.map((param) => param.name);
    return complain(
      program,
      "E137",
      entry?.value.at ?? node.tool.at,
      { reason: `${reading.fault.path === "" ? "" : `\`${reading.fault.path}\`: `}${reading.fault.message}` },
      params.includes(name) ? undefined : suggest(name, params),
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
  if (!complete) return undefined;
  return {
    kind: "call",
    tool: tool.name,
    args,
    effect: node.effect,
    by,
    from: from.map((role) => role.bundleName),
    ...(node.isolated === undefined ? {} : { isolated: node.isolated.text }),
    ...(returns === undefined ? {} : { returns: returns.value }),
    span,
  };
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
