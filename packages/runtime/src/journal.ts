import { copyJson, digest, type Bounds, type Json } from "@writ/ir";
import type { StateStore } from "./ports/state-store.js";

/** What the journal knows of a call. */
export type JournalEntry =
  | { readonly state: "new" }
  /** It was started and never reported back: nobody may run it again unasked. */
  | { readonly state: "started" }
  | { readonly state: "done"; readonly result: Json; readonly kept: boolean }
  | { readonly state: "failed"; readonly error: string; readonly code: string };

const RESULT_BOUNDS: Bounds = { depth: 64, nodes: 200_000, bytes: 1024 * 1024 };

/** The journal's key of a call: equal for a replay of the same step, different for everything else. */
export function journalKey(
  session: string,
  call: { readonly scope?: string; readonly callId: string; readonly tool: string },
  args: Json,
): string {
  return digest([session, call.scope ?? "", call.callId, call.tool, args]).slice("sha256:".length);
}

/**
 * Remembers, for calls that carry a host's id, that they were started and how they ended, so that a retried,
 * resumed or replayed step never repeats an effect.
 */
export class Journal {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  async look(key: string): Promise<JournalEntry> {
    const found = await this.#state.get(`call/${key}`);
    return found === undefined ? { state: "new" } : read(found.value);
  }

  /** Marks a call as started; false when it was already. */
  async start(key: string): Promise<boolean> {
    return this.#state.compareAndSet(`call/${key}`, undefined, { state: "started" });
  }

  /** Takes the mark back: the call did not start after all, or paused by its own will. */
  async forget(key: string): Promise<void> {
    const found = await this.#state.get(`call/${key}`);
    if (found !== undefined) await this.#state.compareAndSet(`call/${key}`, found.version, undefined);
  }

  async done(key: string, result: Json | undefined): Promise<void> {
    await this.#end(
      key,
      result === undefined ? { state: "done", kept: false, result: null } : { state: "done", kept: true, result },
    );
  }

  async failed(key: string, code: string, error: string): Promise<void> {
    await this.#end(key, { state: "failed", code, error });
  }

  async #end(key: string, value: Json): Promise<void> {
    const found = await this.#state.get(`call/${key}`);
    await this.#state.compareAndSet(`call/${key}`, found?.version, value);
  }
}

/** A result as JSON within the journal's bounds, or undefined where it is none. */
export function keepable(result: unknown): Json | undefined {
  if (result === undefined) return null;
  const copied = copyJson(result, RESULT_BOUNDS);
  return copied.ok ? copied.value : undefined;
}

function read(value: Json): JournalEntry {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { state: "started" };
  const entry = new Map(Object.entries(value));
  const error = entry.get("error");
  const code = entry.get("code");
  if (entry.get("state") === "done")
    return { state: "done", kept: entry.get("kept") === true, result: entry.get("result") ?? null };
  if (entry.get("state") === "failed" && typeof error === "string" && typeof code === "string")
    return { state: "failed", error, code };
  return { state: "started" }; // whatever else it says, it was begun
}
