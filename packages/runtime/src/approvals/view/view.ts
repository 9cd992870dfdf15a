import type { Json, Type } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { Verdict } from "../../evaluate/decide.js";
import type { Program } from "../../evaluate/program.js";
import { leavesOf } from "../../flow/call-flow.js";
import { holdsMoney } from "../show.js";
import { effectParts } from "./effects.js";
import { hostParts } from "./hosts.js";
import { originParts } from "./origins.js";
import type { ViewPart } from "./part.js";
import { programParts } from "./programs.js";
import { written } from "./written.js";

/** Things in one argument that are pointed out, and that are looked at for it. */
const MAX_INSIDE = 16;
const MAX_LOOKED = 4096;

/**
 * All that a person who is asked has to see of a call, but for the rules that ask, which the approval has as `demands`:
 * what it does, the values it would be made with, what stands in them that is not plain to see, and where they come from.
 */
export function viewOf(program: Program, verdict: Verdict): readonly ViewPart[] {
  const { tool: found, args, values, decision, scope } = verdict;
  if (found === undefined || args === undefined) return [];
  const { tool } = found;
  const named = new Set(decision.demands.flatMap(({ show }) => show.map((path) => path.split(".")[0] ?? path)));
  const everything = decision.demands.some(({ show }) => show.length === 0) || named.has("args");
  const parts: ViewPart[] = [...effectParts(tool)];
  for (const { name, type } of tool.params) {
    const value = member(args, name);
    if (value === undefined) continue;
    const sink = tool.sinks.includes(name);
    if (!everything && !named.has(name) && !sink && !holdsMoney(type, program.types)) {
      const size = typeof value === "string" ? `, ${value.length} characters` : "";
      parts.push({ kind: "hidden", name, type: type.kind, text: `not shown by the rule${size}`, quoted: false });
      continue;
    }
    const steers = tool.steer === undefined || tool.steer.includes(name);
    parts.push({ kind: "argument", name, type: type.kind, sink, steers, ...written(type, value) });
    parts.push(...insideParts(name, type, values?.get(name), program.types));
  }
  return [...parts, ...originParts(scope?.flow)];
}

/** What stands in a value, also in a list of many or deep in a record: each thing once, and no more than can be read. */
function insideParts(name: string, type: Type, value: Value | undefined, types: Program["types"]): readonly ViewPart[] {
  const parts = new Map<string, ViewPart>();
  if (value !== undefined)
    leavesOf(value, type, types, (leaf, of) => {
      if (parts.size >= MAX_LOOKED || of === undefined) return;
      for (const part of [...programParts(name, leaf), ...hostParts(name, of, leaf)]) parts.set(part.text, part);
    });
  // What is dangerous comes first: many that are harmless must not crowd it out.
  const odd = (part: ViewPart): boolean => part.kind !== "host" || part.looksLike || part.private;
  const all = [...parts.values()];
  return [...all.filter(odd), ...all.filter((part) => !odd(part))].slice(0, MAX_INSIDE);
}

function member(value: Json, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
