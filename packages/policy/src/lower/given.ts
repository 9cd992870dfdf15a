import type { Bundle, Fact, Intent, Json, Param } from "@writ/ir";
import { bareScope, expand, type Inference } from "../semantics/infer/scope.js";
import { viewOf, type Program } from "../semantics/resolve.js";
import type { FactSymbol, IntentSymbol, ModuleScope, ParamSymbol } from "../semantics/symbols.js";
import { aType, commonType } from "../semantics/type-relations.js";
import { resolveFields, resolveType, UNRESOLVED } from "../semantics/types.js";
import { durationOf } from "../semantics/vocabulary.js";
import { complain, spanAt } from "./lowering.js";

/** What is given from outside a call: values at start, answers of the host, and the words of intents. */
export interface Given {
  readonly params: Param[];
  readonly facts: Fact[];
  readonly intents: Intent[];
}

/** The params, facts and intents that the policies of the lineage can name, and all of every file read. */
export function lowerGiven(inference: Inference): Given {
  const given: Given = { params: [], facts: [], intents: [] };
  const { program } = inference;
  const wanted = new Set<unknown>();
  for (const scope of program.lineage)
    for (const kind of ["param", "fact", "intent"] as const)
      for (const symbol of scope.visible(kind).values()) wanted.add(symbol);
  for (const scope of program.scopes.values()) {
    for (const symbol of scope.own) {
      // A file that is only reached through others is read all the same: a let of it may ask its facts.
      const isGiven = symbol.kind === "param" || symbol.kind === "fact" || symbol.kind === "intent";
      if (!isGiven) continue;
      const view = viewOf(program, scope);
      if (symbol.kind === "intent") lowerIntent(symbol, scope, view, given);
      else if (symbol.kind === "fact") lowerFact(symbol, scope, inference, view, given);
      else lowerParam(symbol, scope, view, given, wanted.has(symbol));
    }
  }
  return given;
}

function lowerParam(symbol: ParamSymbol, scope: ModuleScope, program: Program, given: Given, wanted: boolean): void {
  const type = resolveType(symbol.node.type, scope, program);
  if (type === undefined) return;
  // A start asks for every param of the bundle: one that no policy of the lineage can name is not asked for.
  if (wanted || symbol.used) given.params.push({ name: symbol.bundleName, type, at: spanAt(scope, symbol.at) });
}

function lowerIntent(symbol: IntentSymbol, scope: ModuleScope, program: Program, given: Given): void {
  const phrases: string[] = [];
  for (const word of symbol.node.words) {
    const phrase = word.normalize("NFC").trim();
    if (phrase === "" || phrase.length > 256)
      complain(program, "E127", symbol.at, {
        what: "a phrase of an intent",
        reason: "empty or longer than 256 characters",
      });
    else if (!phrases.includes(phrase)) phrases.push(phrase);
  }
  if (symbol.node.words.length > 256)
    complain(program, "E127", symbol.at, { what: "the number of phrases", reason: "more than 256" });
  given.intents.push({ name: symbol.bundleName, phrases, at: spanAt(scope, symbol.at) });
}

function lowerFact(symbol: FactSymbol, scope: ModuleScope, inference: Inference, program: Program, given: Given): void {
  const { node } = symbol;
  const params = resolveFields(node.params, scope, program, "parameter");
  const result = resolveType(node.result, scope, program);
  const optional = node.params.find((param) => param.optional);
  if (optional !== undefined)
    complain(program, "E110", optional.at, {
      reason: "a fact is asked with all its arguments",
      expected: "leave the `?` out",
    });
  if (params.length > 16)
    complain(program, "E127", symbol.at, { what: "the number of arguments", reason: "more than 16" });
  if (node.timeout === undefined && node.onError === undefined)
    complain(program, "E142", symbol.at, { name: symbol.name });
  const timeout = node.timeout === undefined ? undefined : durationOf(node.timeout.text);
  if (node.timeout !== undefined && (timeout === undefined || timeout < 1 || timeout > 1e12))
    complain(program, "E127", node.timeout.at, { what: "a timeout", reason: "out of range" });
  if (result === undefined || params.some((param) => param.type === UNRESOLVED)) return;
  let onError: Json | undefined;
  if (node.onError !== undefined) {
    const typed = inference.value(node.onError, bareScope(scope, "test"), result);
    if (typed === undefined) return;
    if (
      typed.node.op !== "literal" ||
      commonType(expand(result, inference.types), expand(typed.type, inference.types)) === undefined
    )
      return complain(program, "E110", node.onError.at, {
        reason: `\`on error\` gives ${aType(result)} as a literal, this is ${aType(typed.type)}`,
      });
    onError = typed.node.value;
  }
  given.facts.push({
    name: symbol.bundleName,
    params,
    result,
    ...(timeout === undefined ? {} : { timeout }),
    ...(onError === undefined ? {} : { onError }),
    at: spanAt(scope, symbol.at),
  });
}

/**
 * How values get their labels: what the policy says, else its nearest parent, else by the context. Where any of the
 * lineage says `context` it is that: the sounder of the two stays.
 */
export function lowerTaint(program: Program): Bundle["taint"] {
  const said: Bundle["taint"][] = [];
  for (const scope of program.lineage) {
    let first: Bundle["taint"] | undefined;
    for (const node of scope.module.syntax.declarations) {
      if (node.kind !== "taint") continue;
      if (first !== undefined)
        program.report.add("E120", scope.module.file, node.at, { what: "declaration", name: "taint" });
      first ??= node.mode;
    }
    if (first !== undefined) said.push(first);
  }
  return said.includes("value") && !said.includes("context") ? "value" : "context";
}
