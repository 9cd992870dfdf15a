import { canonicalize, type Json, type OutputStep } from "@writ/ir";
import { readValue, type Value } from "@writ/ir/values";
import { matchRule } from "../evaluate/decide.js";
import { truthOf } from "../evaluate/evaluate.js";
import type { OutputRule, Program, ToolProgram } from "../evaluate/program.js";
import { scopeOfResult, type Scope } from "../evaluate/scope.js";
import { isList, isObject, NoSuchPlace, updateAt } from "./json-path.js";
import { redact, scan, Unavailable, type Findings } from "./redact.js";

/** What the rules about results left of one. */
export type Filtered =
  | { readonly kept: true; readonly content: Json; readonly changed: boolean }
  | { readonly kept: false; readonly rule: OutputRule; readonly why: string };

/** The rules that act on this result: those whose condition is not false. */
export function outputsOf(tool: ToolProgram, scope: Scope): readonly OutputRule[] {
  return tool.outputs.filter((rule) => matchRule(rule, scope) !== false);
}

/**
 * Takes a result through the rules about it, in the order of language.md section 4: `forbid` and `scan` on the raw
 * value, then `redact`, then `truncate`; `label` was done where the result was labelled. A rule that cannot run, because
 * a detector is unavailable, a condition unknown or the result of another shape, withholds it. `error`: the words of a
 * tool's error are taken whole, whatever path a rule names.
 */
export function filterResult(
  made: {
    readonly program: Program;
    readonly tool: ToolProgram;
    readonly scope: Scope;
    readonly value: Value | undefined;
    readonly error: boolean;
  },
  content: Json,
  ask: Findings,
): Filtered {
  const scope = scopeOfResult(made.scope, made.value);
  const rules = outputsOf(made.tool, scope);
  const opened = made.error ? { json: content, text: false } : open(made.program, made.tool, content);
  const steps = rules.flatMap((rule) => rule.steps.map((step) => ({ rule, step })));
  let json: Json = opened.json;
  const below = (path: readonly string[]): readonly string[] => (made.error ? [] : path.slice(1));
  try {
    for (const { rule, step } of steps) {
      const why = refuses(step, json, scope, ask, below);
      if (why !== undefined) return { kept: false, rule, why };
    }
    for (const { step } of steps)
      if (step.kind === "redact")
        json =
          updateAt(json, below(step.path), (value) =>
            value === undefined ? undefined : redact(value, step.detectors, ask, "result"),
          ) ?? null;
    for (const { step } of steps)
      if (step.kind === "truncate")
        json =
          updateAt(json, below(step.path), (value) =>
            value === undefined ? undefined : truncate(value, step.bytes),
          ) ?? null;
  } catch (error) {
    const [first] = rules;
    if (first === undefined || !(error instanceof Unavailable || error instanceof NoSuchPlace)) throw error;
    return {
      kept: false,
      rule: first,
      why: error instanceof Unavailable ? error.message : "the result has not the shape that the rule names",
    };
  }
  if (json === opened.json || canonicalize(json) === canonicalize(opened.json))
    return { kept: true, content, changed: false };
  return { kept: true, content: opened.text ? JSON.stringify(json) : json, changed: true };
}

/** Why a step keeps the result back, if it does. */
function refuses(
  step: OutputStep,
  json: Json,
  scope: Scope,
  ask: Findings,
  below: (path: readonly string[]) => readonly string[],
): string | undefined {
  switch (step.kind) {
    case "forbid": {
      const truth = conditionOf(step, scope);
      return truth === false ? undefined : truth === true ? "it is forbidden" : "whether it is forbidden is unknown";
    }
    case "scan": {
      const kinds = new Set<string>();
      updateAt(json, below(step.path), (value) => {
        if (value !== undefined) for (const kind of scan(value, step.detectors, ask)) kinds.add(kind);
        return value;
      });
      return kinds.size === 0 ? undefined : `found ${[...kinds].join(", ")}`;
    }
    case "redact":
    case "truncate":
    case "label":
      return undefined;
    default:
      return "it is not known what to do";
  }
}

function conditionOf(step: Extract<OutputStep, { kind: "forbid" }>, scope: Scope): boolean | undefined {
  try {
    return truthOf(step.when, scope);
  } catch {
    return undefined;
  }
}

/** A record that came as JSON text is looked into, and written as text again. */
function open(program: Program, tool: ToolProgram, content: Json): { readonly json: Json; readonly text: boolean } {
  const type = tool.tool.result;
  if (typeof content !== "string" || type === undefined || readValue(type, content, program.types).ok)
    return { json: content, text: false };
  try {
    const parsed: unknown = JSON.parse(content);
    return isJson(parsed) ? { json: parsed, text: true } : { json: content, text: false };
  } catch {
    return { json: content, text: false };
  }
}

/** What `JSON.parse` gives is JSON. */
function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

const encoder = new TextEncoder();

/** A text cut to so many bytes of UTF-8, between two characters. Only a text can be cut; what is larger otherwise is withheld. */
function truncate(value: Json, bytes: number): Json {
  if (typeof value !== "string") {
    if (isList(value) || isObject(value))
      if (encoder.encode(canonicalize(value)).length > bytes) throw new NoSuchPlace("truncate");
    return value;
  }
  const all = encoder.encode(value);
  if (all.length <= bytes) return value;
  let end = bytes;
  while (end > 0 && ((all[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(all.subarray(0, end));
}
