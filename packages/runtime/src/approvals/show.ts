import type { Decision, Json, Tool, Type } from "@writ/ir";
import type { NamedTypes } from "@writ/ir/values";
import type { CallFlow } from "../flow/call-flow.js";
import { steeringOrigins } from "../flow/origins.js";
import type { Shown } from "./approval.js";
import { visible } from "./view/visible.js";
import { written } from "./view/written.js";

/**
 * The arguments an approver sees, from canonical values: those that `show` names, or all where it names none;
 * every sink and amount is among them whatever `show` says, since that is what is agreed to.
 */
export function showArguments(
  tool: Tool,
  args: Json,
  demands: Decision["demands"],
  types: NamedTypes,
): readonly Shown[] {
  const named = new Set(demands.flatMap((demand) => demand.show.map((path) => path.split(".")[0] ?? path)));
  const everything = demands.some((demand) => demand.show.length === 0) || named.has("args");
  return tool.params.flatMap((param): Shown[] => {
    const value = Object.entries(isObject(args) ? args : {}).find(([key]) => key === param.name)?.[1];
    if (value === undefined) return [];
    const wanted =
      everything || named.has(param.name) || tool.sinks.includes(param.name) || holdsMoney(param.type, types);
    return wanted ? [show(param.name, param.type, value)] : [];
  });
}

/**
 * Where the arguments that steer the call come from (`source`), and whether one of them never stood in a trusted source
 * (`first_seen`), where a demand shows it. These are names of tools and speakers, and nothing that anybody wrote.
 */
export function showOrigins(flow: CallFlow | undefined, demands: Decision["demands"]): readonly Shown[] {
  const asked = new Set(demands.flatMap((demand) => demand.show));
  const out: Shown[] = [];
  if (flow === undefined) return out;
  if (asked.has("source"))
    out.push({
      name: "source",
      text: visible([...steeringOrigins(flow)].map(({ name, from }) => `${name}: ${from.join(", ")}`).join("; ")),
      quoted: false,
    });
  if (asked.has("first_seen"))
    out.push({ name: "first_seen", text: String(flow.firstSeen() ?? "unknown"), quoted: false });
  return out;
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a type has an amount of money in it. */
export function holdsMoney(type: Type, types: NamedTypes): boolean {
  switch (type.kind) {
    case "Money":
      return true;
    case "List":
      return holdsMoney(type.of, types);
    case "Record":
      return type.fields.some((field) => holdsMoney(field.type, types));
    case "Named": {
      const named = types.get(type.name);
      return named !== undefined && holdsMoney(named, types);
    }
    default:
      return false;
  }
}

function show(name: string, type: Type, value: Json): Shown {
  return { name, ...written(type, value) };
}
