import type { Trace } from "@writ/ir";
import { decodeTrace, type Decoded } from "@writ/ir/decode";

/**
 * Reads a line of recordings: of `writ.trace/1`, or of AgentDojo's own form, which is converted. Undefined for one of
 * AgentDojo's that counts as nothing.
 */
export function readRecording(line: string): Decoded<Trace> | undefined {
  const row = parse(line);
  if (!isRecord(row) || "format" in row || !("use_as" in row)) return decodeTrace(line);
  if (Array.isArray(row["use_as"]) && row["use_as"].length === 0) return undefined;
  return decodeTrace(converted(row));
}

/** What is missing or of another type stays so, and is found by whoever decodes it. */
function converted(row: Row): unknown {
  const labels = isRecord(row["labels"]) ? row["labels"] : {};
  const { calls, use_as: uses, injection_task: injection } = row;
  const attacked = typeof injection === "string";
  return {
    format: "writ.trace/1",
    session: row["id"],
    suite: row["suite"],
    said: [row["prompt"]],
    calls: Array.isArray(calls) ? calls.map(call) : calls,
    task: {
      name: row["user_task"],
      needs: labels["needed_for_utility"] ?? [],
      separable: labels["utility_if_attack_blocked"] === true,
      ...(typeof row["utility"] === "boolean" ? { succeeded: row["utility"] } : {}),
    },
    ...(attacked
      ? {
          attack: {
            name: injection,
            succeeded: Array.isArray(uses) && uses.includes("attack"),
            stops: labels["block_sets"] ?? [],
          },
        }
      : {}),
    uses,
  };
}

function call(made: unknown): unknown {
  if (!isRecord(made)) return made;
  const { tool, args, result, error } = made;
  if (typeof error === "string" && error !== "") return { tool, args, error };
  return { tool, args, result: typeof result === "string" ? undelimited(result) : "" };
}

/** What a tool gave back: some of the recorded hosts put marks around it for the model, and a guard stands before that. */
function undelimited(text: string): string {
  return text.startsWith("<<") && text.endsWith(">>") ? text.slice(2, -2) : text;
}

type Row = Readonly<Record<string, unknown>>;

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
