import type { Demand, Remember, Tool, Type } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import { expand, type Scope } from "../semantics/infer/scope.js";
import { durationOf } from "../semantics/vocabulary.js";
import type { Place } from "../source/place.js";
import type { Clause, ClauseOf, QName } from "../syntax/ast.js";
import { complain, rolesOf, wholeNumber, type Lowering } from "./lowering.js";

const DEFAULT_EXPIRES = 30 * 60_000;

/** The clauses of a rule by their kind; of those that may stand several times, the last. */
export type Clauses = { readonly [K in Clause["kind"]]?: ClauseOf<K> };

/** Who is asked, how many, how long, and what they see; undefined where something is wrong, which has been said. */
export function lowerDemand(
  lowering: Lowering,
  id: string,
  at: Place,
  clauses: Clauses,
  scope: Scope,
  flow: boolean,
): Demand | undefined {
  const { program } = lowering;
  if (clauses.from === undefined) return complain(program, "E125", at, { name: id });
  const names = clauses.from.roles.filter((name) => name.text !== "requester");
  const named = names.length < clauses.from.roles.length;
  const from = rolesOf(program, names);
  if (from.length === 0) return names.length > 0 ? undefined : complain(program, "E125", clauses.from.at, { name: id });
  const quorum =
    clauses.quorum === undefined ? 1 : wholeNumber(program, program.entry, clauses.quorum.count, "a quorum", 1, 100);
  const expires = clauses.expires === undefined ? DEFAULT_EXPIRES : durationOf(clauses.expires.duration.text);
  if (expires === undefined || expires < 1 || expires > 1e12) {
    return complain(program, "E127", clauses.expires?.duration.at ?? at, {
      what: "the time an approval waits",
      reason: "out of range",
    });
  }
  const show = showOf(lowering, clauses.show, scope, flow);
  if (quorum === undefined || show === undefined) return undefined;
  return {
    from: from.map((role) => role.bundleName),
    requester: named && !clauses.from.exceptRequester,
    quorum,
    expires,
    show,
  };
}

/** What an approver is shown: `args`, arguments by their path, and of where they came from `source` and `first_seen`. */
function showOf(lowering: Lowering, clause: Clauses["show"], scope: Scope, flow: boolean): string[] | undefined {
  const { program } = lowering;
  const shown: string[] = [];
  let complete = true;
  for (const name of clause?.args ?? []) {
    const origin = name.text === "source" || name.text === "first_seen";
    // In a flow the scope's names win; in an `ask` an argument of that name is what is meant.
    if (origin && (flow || !scope.parameters.has(name.text))) {
      if (!shown.includes(name.text)) shown.push(name.text);
      continue;
    }
    const path = pathOf(name);
    const [first] = path;
    if (name.text === "args" || (first !== undefined && scope.parameters.has(first))) {
      const text = path.join(".");
      if (text.length > 256)
        complain(program, "E127", name.at, { what: "what is shown", reason: "longer than 256 characters" });
      if (!shown.includes(text)) shown.push(text);
      if (name.text !== "args") complete = isField(lowering, name, path, scope) && complete;
      continue;
    }
    complete = false;
    const all = ["args", "source", "first_seen", ...scope.parameters.keys()];
    const details = { name: name.text, what: "no argument of these tools", list: all };
    complain(program, "E102", name.at, details, suggest(name.text, all));
  }
  return complete ? shown : undefined;
}

/** `remember D on ARGS`: every sink and every Money argument has to be among them. */
export function lowerRemember(
  lowering: Lowering,
  clause: ClauseOf<"remember">,
  tools: readonly Tool[],
  scope: Scope,
): Remember | undefined {
  const { program } = lowering;
  const window = clause.duration.text === "session" ? "session" : durationOf(clause.duration.text);
  if (window === undefined || (window !== "session" && (window < 1 || window > 1e12))) {
    return complain(program, "E127", clause.duration.at, {
      what: "the time an approval is remembered",
      reason: "out of range",
    });
  }
  const on: string[][] = [];
  let complete = true;
  for (const name of clause.args) {
    const path = pathOf(name);
    const [first] = path;
    if (first === undefined || !scope.parameters.has(first)) {
      complete = false;
      const all = [...scope.parameters.keys()];
      const details = { name: name.text, what: "no argument of these tools", list: all };
      complain(program, "E102", name.at, details, suggest(name.text, all));
    } else if (!isField(lowering, name, path, scope)) complete = false;
    else if (!on.some((one) => one.join(".") === path.join("."))) on.push([...path]);
  }
  const named = new Set(on.filter((path) => path.length === 1).map(([first]) => first));
  const missed = new Map<string, string>();
  for (const tool of tools) {
    for (const sink of tool.sinks) if (!named.has(sink)) missed.set(sink, `a sink of \`${tool.name}\``);
    for (const param of tool.params)
      if (!named.has(param.name) && holdsMoney(param.type, lowering))
        missed.set(param.name, `which is money in \`${tool.name}\``);
  }
  const [first] = missed;
  if (first !== undefined && complete) {
    const [name, reason] = first;
    const list = [...clause.args.map((one) => one.text), ...missed.keys()];
    return complain(program, "E141", clause.at, { name, reason, list });
  }
  return complete ? { window, on } : undefined;
}

function holdsMoney(type: Type, lowering: Lowering): boolean {
  const actual = expand(type, lowering.types);
  if (actual.kind === "List") return holdsMoney(actual.of, lowering);
  if (actual.kind === "Record") return actual.fields.some((field) => holdsMoney(field.type, lowering));
  return actual.kind === "Money";
}

/** The path of an argument, `args.` left out. */
export function pathOf(name: QName): readonly string[] {
  const parts = name.parts.map((part) => part.text);
  return parts[0] === "args" && parts.length > 1 ? parts.slice(1) : parts;
}

/** Whether the fields below an argument exist. */
function isField(lowering: Lowering, name: QName, path: readonly string[], scope: Scope): boolean {
  const [first = "", ...fields] = path;
  let type = scope.parameters.get(first)?.type;
  for (const field of fields) {
    const record = type === undefined ? undefined : expand(type, lowering.types);
    const all = record?.kind === "Record" ? record.fields : [];
    type = all.find((one) => one.name === field)?.type;
    if (type === undefined) {
      const names = all.map((one) => one.name);
      const details = { name: field, what: `\`${first}\``, list: names, reason: "it has no fields" };
      complain(lowering.program, "E103", name.at, details, suggest(field, names));
      return false;
    }
  }
  return true;
}
