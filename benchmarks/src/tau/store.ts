import type { Json } from "@writ/ir";
import type { FactFunction } from "@writ/runtime";
import type { TauCall } from "./run.js";

/**
 * How the replay knows what it answers: it stands in a recorded result; or the store took the call and checks just that,
 * so that the answer says nothing new of the call.
 */
export type Ground = "recorded" | "implied";

/** Who answers the facts of a policy during one run. */
export interface Store {
  readonly facts: Readonly<Record<string, FactFunction>>;
  /** The call that is about to be decided. */
  before(call: TauCall): void;
  /** The same call, once it was made. */
  after(call: TauCall): void;
}

/** How often each fact was answered, and on what ground. */
export class Answers {
  readonly counts = new Map<string, { recorded: number; implied: number; unanswered: number }>();

  /** Notes an answer, and gives it back. */
  note<T>(fact: string, ground: Ground, answer: T): T {
    this.of(fact)[ground] += 1;
    return answer;
  }

  /** A fact that nobody recorded and no acceptance implies fails, and the policy takes that as it says. */
  none(fact: string): never {
    this.of(fact).unanswered += 1;
    throw new Error("nobody recorded it");
  }

  private of(fact: string): { recorded: number; implied: number; unanswered: number } {
    const found = this.counts.get(fact) ?? { recorded: 0, implied: 0, unanswered: 0 };
    this.counts.set(fact, found);
    return found;
  }
}

/** An identifier that a fact is asked with; empty, which names nothing, where it is none. */
export function idOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
