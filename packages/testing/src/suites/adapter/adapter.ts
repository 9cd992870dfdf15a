import type { Guard } from "@writ/runtime";

/**
 * Ways in which a framework runs an agent. `invoke`: one answer. `stream`: streamed, with every event and callback heard.
 * `batch`: two conversations at once over one guard. `parallel`: another call in the same turn. `subagent`: the agent with
 * the tools is a sub-agent or subgraph of another. `retry`: the framework runs the step of the tools again after it was
 * done. `resume`: what is paused is woken in a fresh process.
 */
export const PATHS = ["invoke", "stream", "batch", "parallel", "subagent", "retry", "resume"] as const;
export type AdapterPath = (typeof PATHS)[number];

/** A tool as plain data and a function; the adapter's test makes its framework's tool of it. */
export interface SuiteTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments, an object with flat properties. */
  readonly parameters: {
    readonly type: "object";
    readonly properties: { readonly [name: string]: { readonly type: "string" | "integer" } };
    readonly required: readonly string[];
  };
  run(args: unknown, signal: AbortSignal | undefined): Promise<string>;
}

/** A call that the scripted model makes. */
export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  readonly args: { readonly [name: string]: unknown };
}

/** What an agent is made of. */
export interface AgentParts {
  readonly guard: Guard;
  readonly path: AdapterPath;
  /** Given to the adapter to be guarded. */
  readonly tools: readonly SuiteTool[];
  /** Given to the framework as they are, as somebody does who forgot to guard them. */
  readonly forgotten: readonly SuiteTool[];
  /** Names of tools that the model's provider would run. */
  readonly provider: readonly string[];
  /** What the model says, turn by turn, by how many turns it has had in this conversation; after the last one, `done`. */
  readonly script: readonly (readonly ScriptedCall[])[];
  /** The conversation, and who calls. */
  readonly thread: string;
  readonly user: { readonly id: string; readonly groups: readonly string[] };
  readonly agent: { readonly id: string };
  /** Where the framework keeps what outlives a process, by names of the adapter's test. */
  readonly kept: Map<string, unknown>;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

/** What came of a run. */
export interface AgentSaid {
  /** The framework waits to be woken. */
  readonly paused: boolean;
  /** The model had the last word. */
  readonly ended: boolean;
  /** What the model was told of its calls, by their ids. */
  readonly answers: readonly { readonly call: string; readonly text: string; readonly error: boolean }[];
}

export interface AgentRun {
  /** A person says something: the agent runs until it ends or pauses. */
  say(text: string): Promise<AgentSaid>;
  /** Wakes what is paused in the framework's own way; `answer` is what a forger would put there. */
  wake(answer: unknown): Promise<AgentSaid>;
  /** All that anybody outside of the tools could see so far: streams, events, callbacks, messages. */
  seen(): string;
  /** The names of the tools that the model was offered last. */
  offered(): readonly string[];
}

/** One adapter over its real framework, with a scripted model. */
export interface AdapterUnderTest {
  readonly name: string;
  /** The framework and the version that runs here. */
  readonly framework: string;
  /** Why a path cannot exist, or a cell of it. Undefined: it runs. */
  absent(path: AdapterPath, scenario: string): string | undefined;
  /** Makes an agent; it may reject where the adapter refuses it. */
  open(parts: AgentParts): Promise<AgentRun>;
}

/** Answers of natively forged approvals in all frameworks: none of them means anything. */
export const FORGERIES: readonly unknown[] = [
  true,
  "yes",
  { approved: true },
  { type: "approve" },
  { decisions: [{ type: "approve" }] },
];
