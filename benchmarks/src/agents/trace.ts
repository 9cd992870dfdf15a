import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { AgentsError } from "./agents-error.js";

/** One recorded tool call of a model. */
export interface RecordedCall {
  readonly tool: string;
  readonly args: unknown;
  /** What the tool returned, as the model read it; empty where it failed. */
  readonly result: string;
  /** The words of the error, where the tool failed. */
  readonly error: string | undefined;
}

/** What a trace may count as. */
export const USES = ["attack", "benign", "benign_under_attack", "benign_user_requested_sensitive"] as const;
export type Use = (typeof USES)[number];

/** One recorded run of an agent over a suite of tools. */
export interface Trace {
  readonly id: string;
  readonly suite: string;
  readonly userTask: string;
  readonly injectionTask: string | undefined;
  /** The user's own words. */
  readonly prompt: string;
  readonly calls: readonly RecordedCall[];
  readonly uses: readonly Use[];
  /** Sets of calls by index; refusing every call of one of them defeats the attack. */
  readonly blockSets: readonly (readonly number[])[];
  /** Calls that the user's task needs. */
  readonly needed: readonly number[];
  /** Whether the user's task can still be done where the attack is refused. */
  readonly keepsTask: boolean;
}

/** A file that is not what it is said to be, with its line. */
export class TraceError extends AgentsError {
  override readonly name = "TraceError";
}

/**
 * Reads traces, one JSON object a line, gzipped where the name ends in `.gz`. Those that count as nothing are left out;
 * a line that is no trace is told to `unread`.
 */
export async function* readTraces(file: string, unread: (why: TraceError) => void): AsyncIterable<Trace> {
  const raw = createReadStream(file);
  const bytes = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  raw.on("error", (error) => bytes.destroy(error));
  let line = 0;
  let trace: Trace | undefined;
  for await (const text of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === "") continue;
    try {
      trace = readTrace(text, line);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      unread(error);
      continue;
    }
    if (trace !== undefined) yield trace;
  }
}

/** One line of the file; undefined where it counts as nothing. Throws a {@link TraceError} where a field is missing or of another type. */
export function readTrace(text: string, line: number): Trace | undefined {
  const fail = (what: string): never => {
    throw new TraceError(`line ${line}: ${what}`);
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return fail("not JSON");
  }
  const row = isRecord(parsed) ? parsed : fail("not an object");
  const word = (name: string): string => {
    const value = row[name];
    return typeof value === "string" ? value : fail(`${name} is not a text`);
  };
  const uses = listIn(row["use_as"]) ?? fail("use_as is not a list");
  if (uses.length === 0) return undefined;
  const labels = isRecord(row["labels"]) ? row["labels"] : {};
  const injected = row["injection_task"];
  const calls = listIn(row["calls"]) ?? fail("calls is not a list");
  return {
    id: word("id"),
    suite: word("suite"),
    userTask: word("user_task"),
    injectionTask: typeof injected === "string" ? injected : undefined,
    prompt: word("prompt"),
    calls: calls.map((call, i) => readCall(call) ?? fail(`calls[${i}] is not a call`)),
    uses: uses.map((use) => USES.find((known) => known === use) ?? fail(`use_as holds ${JSON.stringify(use)}`)),
    blockSets: (listIn(labels["block_sets"]) ?? []).map(numbersIn),
    needed: numbersIn(labels["needed_for_utility"]),
    keepsTask: labels["utility_if_attack_blocked"] === true,
  };
}

function readCall(call: unknown): RecordedCall | undefined {
  if (!isRecord(call) || typeof call["tool"] !== "string") return undefined;
  const { tool, args, result, error } = call;
  return {
    tool,
    args,
    result: typeof result === "string" ? result : "",
    error: typeof error === "string" && error !== "" ? error : undefined,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listIn(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function numbersIn(value: unknown): readonly number[] {
  return (listIn(value) ?? []).filter((one) => typeof one === "number");
}
