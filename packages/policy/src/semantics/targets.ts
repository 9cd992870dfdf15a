import type { Tool, Type } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import type { Target } from "../syntax/ast.js";
import type { Parameter } from "./infer/scope.js";
import { isInherited, type Program } from "./resolve.js";
import { sameType, showType } from "./type-relations.js";
import { EFFECTS, isOneOf } from "./vocabulary.js";

/** The tools of the bundle, by the name a policy calls them and by what they do. */
export interface ToolIndex {
  /** By the name in the entry, which may have a prefix. */
  readonly visible: ReadonlyMap<string, Tool>;
  readonly parameters: Map<string, ReadonlyMap<string, Parameter>>;
}

/** The agent's final answer, which `output` and `flow` read as a call with the argument `text`. It is no tool of the bundle. */
export const REPLY: Tool = {
  name: "reply",
  params: [{ name: "text", type: { kind: "Text" } }],
  effects: [],
  risk: "low",
  labels: [],
  sinks: [],
  at: [0, 0, 0, 1, 1],
};

/** Targets to tools, sorted by name and each once; empty where one means nothing, which has been said. */
export function resolveTargets(
  targets: readonly Target[],
  index: ToolIndex,
  program: Program,
  withReply = false,
): readonly Tool[] {
  const { report } = program;
  const { file } = program.entry.module;
  const excused = program.entry.incomplete || program.entry.module.lost.length > 0;
  const found = new Map<string, Tool>();
  let failed = false;
  for (const [i, target] of targets.entries()) {
    const previous = targets[i - 1];
    if (
      target.joined === "|" &&
      !(isOneOf(EFFECTS, target.text) && previous !== undefined && isOneOf(EFFECTS, previous.text))
    ) {
      report.add("E108", file, target.at, {
        name: target.text,
        what: "effect: `|` joins effects, tools are separated by commas",
        list: EFFECTS,
      });
      failed = true;
      continue;
    }
    const tools = withReply && target.text === "reply" ? [REPLY] : toolsMeant(target.text, index);
    for (const tool of tools) found.set(tool.name, tool);
    if (tools.length > 0) continue;
    // A parent's rule stands for tools that a child may or may not have.
    const isOpen = isOneOf(EFFECTS, target.text) || target.text === "*" || target.text.endsWith(".*");
    if (isInherited(program) && (isOpen || !program.entry.hasTools)) continue;
    failed = true;
    if (excused && (isOneOf(EFFECTS, target.text) || target.text.endsWith("*"))) continue;
    if (isOneOf(EFFECTS, target.text) || target.text === "*") {
      report.add("E131", file, target.at, {
        name: target.text,
        reason: target.text === "*" ? "no tool is declared" : "no tool has this effect",
      });
    } else if (target.text.endsWith(".*")) {
      report.add("E131", file, target.at, { name: target.text, reason: "no tool's name begins so" });
    } else if (target.text === "reply") {
      report.add("E131", file, target.at, {
        name: "reply",
        reason: "`reply`, the agent's answer, is a target of `output` and `flow` only",
      });
    } else if (!program.entry.isExcused(target.text)) {
      const all = [...index.visible.keys()];
      report.add(
        "E101",
        file,
        target.at,
        { name: target.text, list: all },
        { suggestion: suggest(target.text, [...all, ...EFFECTS]) },
      );
    }
  }
  return failed ? [] : [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The tools that the words of one target mean. */
export function toolsMeant(text: string, index: ToolIndex): Tool[] {
  if (text === "*") return [...index.visible.values()];
  if (isOneOf(EFFECTS, text)) return [...index.visible.values()].filter((tool) => tool.effects.includes(text));
  if (text.endsWith(".*")) {
    const prefix = text.slice(0, -1);
    return [...index.visible].flatMap(([name, tool]) => (name.startsWith(prefix) ? [tool] : []));
  }
  const tool = index.visible.get(text);
  return tool === undefined ? [] : [tool];
}

/** The arguments that rules for these tools may read, and where the tools do not agree on them. */
export function parametersOf(tools: readonly Tool[], index: ToolIndex): ReadonlyMap<string, Parameter> {
  const key = tools.map((tool) => tool.name).join(" ");
  const known = index.parameters.get(key);
  if (known !== undefined) return known;
  const names = new Set(tools.flatMap((tool) => tool.params.map((param) => param.name)));
  const parameters = new Map<string, Parameter>();
  for (const name of names) {
    const missing: string[] = [];
    const seen: { readonly tool: string; readonly type: Type }[] = [];
    let optional = false;
    for (const tool of tools) {
      const param = tool.params.find((one) => one.name === name);
      if (param === undefined) missing.push(tool.name);
      else seen.push({ tool: tool.name, type: param.type });
      optional ||= param?.optional === true;
    }
    const [first] = seen;
    if (first === undefined) continue;
    const agree = seen.every((one) => sameType(one.type, first.type));
    parameters.set(name, {
      name,
      type: agree ? first.type : (withoutBounds(seen.map((one) => one.type)) ?? first.type),
      optional,
      missing,
      conflict:
        agree || withoutBounds(seen.map((one) => one.type)) !== undefined
          ? undefined
          : seen.map((one) => `${one.tool}: ${showType(one.type)}`),
    });
  }
  index.parameters.set(key, parameters);
  return parameters;
}

/** Text bounded in one tool and not in another is one type to a rule: the bound concerns normalising only. */
function withoutBounds(types: readonly Type[]): Type | undefined {
  const [first] = types;
  if (first === undefined || (first.kind !== "Text" && first.kind !== "Line")) return undefined;
  return types.every((type) => type.kind === first.kind) ? { kind: first.kind } : undefined;
}
