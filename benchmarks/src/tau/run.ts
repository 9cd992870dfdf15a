import { at, listAt, parsed, textAt } from "../json-lines.js";

/** One call of a correct run. */
export interface TauCall {
  readonly tool: string;
  readonly args: unknown;
  /** What the store returned, as the agent reads it. */
  readonly text: string;
  /** The same, read as JSON where it is JSON. */
  readonly result: unknown;
  /** The store's own words, where it refused the call. */
  readonly error: string | undefined;
}

/** A run that is called correct: what an agent has to call to do what its user asks for. */
export interface TauRun {
  readonly id: string;
  /** `retail` or `airline`. */
  readonly suite: string;
  /** Whom the run is about. */
  readonly user: string;
  /** What the user wants, in words to the one who plays him. */
  readonly instruction: string;
  readonly calls: readonly TauCall[];
}

/** A line of the runs; undefined where it is none. */
export function readRun(line: object): TauRun | undefined {
  const [id, suite, user, instruction] = ["id", "suite", "user_id", "instruction"].map((name) => textAt(line, name));
  if (id === undefined || suite === undefined || user === undefined || instruction === undefined) return undefined;
  const calls: TauCall[] = [];
  for (const one of listAt(line, "calls")) {
    const tool = textAt(one, "tool");
    if (tool === undefined) return undefined;
    const text = textAt(one, "result") ?? "";
    // The store's own words are a result like any other, and begin so.
    const error = textAt(one, "error") ?? (text.startsWith("Error") ? text : undefined);
    calls.push({ tool, args: at(one, "args"), text, result: parsed(text) ?? text, error });
  }
  return { id, suite: suite.replace(/^tau_/, ""), user, instruction, calls };
}
