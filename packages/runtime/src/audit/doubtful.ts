import type { DoubtfulCall } from "../ports/audit-sink.js";

interface Pending extends DoubtfulCall {
  readonly started: boolean;
}

/**
 * Reads a log for calls that may have happened and have no outcome. A call that was refused never began. One that
 * waits for a person began when its approval was used. In shadow mode nothing is refused, so all begin.
 */
export class DoubtfulTracker {
  readonly #pending = new Map<string, Pending>();
  #shadow = false;

  observe(record: Readonly<Record<string, unknown>>): void {
    const { type, session, call, tool, seq, at } = record;
    if (type === "policy") {
      this.#shadow = record["mode"] === "shadow";
      return;
    }
    if (typeof session !== "string" || typeof call !== "string") return;
    const key = JSON.stringify([session, call]);
    if (type === "outcome") this.#pending.delete(key);
    else if (type === "approval") this.#approval(key, record["state"]);
    else if (type === "intent" && typeof tool === "string" && typeof seq === "number" && typeof at === "number") {
      if (this.#pending.get(key)?.started === true) return; // what may have happened is not undone by a later refusal
      const started = this.#shadow || record["effect"] === "allow";
      if (started || record["effect"] === "ask") this.#pending.set(key, { seq, session, call, tool, at, started });
      else this.#pending.delete(key);
    }
  }

  #approval(key: string, state: unknown): void {
    const waiting = this.#pending.get(key);
    if (waiting === undefined || waiting.started) return;
    if (state === "used") this.#pending.set(key, { ...waiting, started: true });
    else if (state !== "requested" && state !== "granted") this.#pending.delete(key);
  }

  /** Those that began, oldest first. */
  result(): readonly DoubtfulCall[] {
    return [...this.#pending.values()]
      .filter((call) => call.started)
      .sort((a, b) => a.seq - b.seq)
      .map(({ seq, session, call, tool, at }) => ({ seq, session, call, tool, at }));
  }
}
