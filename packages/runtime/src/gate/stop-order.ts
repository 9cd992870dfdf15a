import type { Json } from "@writ/ir";
import { GuardError } from "../errors.js";
import type { Flight } from "./flights.js";

/** What the kill switch takes out: an agent by `agent.id`, a tool by its name, or all calls. */
export type StopTarget = "everything" | { readonly agent: string } | { readonly tool: string };

/** Who throws the switch, as the host's own authentication proved it, and why. */
export interface StopOrder {
  readonly by: string;
  readonly why: string;
}

/** A stop in force. `at` in milliseconds since 1970. */
export interface Stopped extends StopOrder {
  readonly target: StopTarget;
  readonly at: number;
}

/** Stops that may be in force at once. */
export const MAX_STOPS = 4096;

/** Reads what a caller gave. Throws a {@link GuardError} `misuse`: a stop that hits nothing must not look like one. */
export function readTarget(target: unknown): StopTarget {
  const read = targetOf(target);
  if (read === undefined)
    throw new GuardError("misuse", 'a stop names "everything", { agent: id } or { tool: name }, and one of them');
  return read;
}

export function readOrder(order: unknown): StopOrder {
  const { by, why }: { readonly by?: unknown; readonly why?: unknown } =
    typeof order === "object" && order !== null ? order : {};
  if (isWords(by) && isWords(why)) return { by, why };
  throw new GuardError("misuse", "say who and why: { by, why }, texts of 1 to 1000 characters");
}

export function sameTarget(a: StopTarget, b: StopTarget): boolean {
  return describeTarget(a) === describeTarget(b);
}

/** Names a target in a record: `tool pay`. */
export function describeTarget(target: StopTarget): string {
  if (target === "everything") return "everything";
  return "agent" in target ? `agent ${target.agent}` : `tool ${target.tool}`;
}

export function hits({ target }: Stopped, { tools, agents }: Pick<Flight, "tools" | "agents">): boolean {
  if (target === "everything") return true;
  return "agent" in target ? agents.includes(target.agent) : tools.includes(target.tool);
}

/** The stops that the store holds; undefined where what it holds cannot be read. */
export function stopsFromJson(value: unknown): readonly Stopped[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries: readonly unknown[] = value;
  const out: Stopped[] = [];
  for (const entry of entries) {
    if (typeof entry !== "object" || entry === null) return undefined;
    const given: { target?: unknown; by?: unknown; why?: unknown; at?: unknown } = entry;
    const target = targetOf(given.target);
    const { by, why, at } = given;
    if (target === undefined || !isWords(by) || !isWords(why) || typeof at !== "number") return undefined;
    out.push({ target, by, why, at });
  }
  return out;
}

export function stopsToJson(stops: readonly Stopped[]): Json {
  return stops.map(({ target, by, why, at }) => ({ target, by, why, at }));
}

function targetOf(target: unknown): StopTarget | undefined {
  if (target === "everything") return target;
  if (typeof target !== "object" || target === null || Object.keys(target).length !== 1) return undefined;
  const { agent, tool }: { readonly agent?: unknown; readonly tool?: unknown } = target;
  if (isWords(agent)) return { agent };
  return isWords(tool) ? { tool } : undefined;
}

function isWords(text: unknown): text is string {
  return typeof text === "string" && text !== "" && text.length <= 1000;
}
