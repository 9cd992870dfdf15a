import { awaitedApproval, type Approval, type AwaitedApproval } from "@writ/runtime";
import { isObject } from "./place.js";

/** What a guarded tool or step suspends with while a person is asked. It asks for a wake-up: what it is resumed with decides nothing. */
export interface ApprovalPause extends AwaitedApproval {
  readonly type: "writ.approval";
}

export function approvalPause(approval: Approval): ApprovalPause {
  return { type: "writ.approval", ...awaitedApproval(approval) };
}

/** Whether a suspension was the guard's, and not the tool's own. */
export function isApprovalPause(payload: unknown): payload is ApprovalPause {
  return isObject(payload) && payload["type"] === "writ.approval";
}

/** A schema that Mastra asks: any value passes. What a tool of its own says of its pauses it checks itself. */
export function passing(own: unknown): object {
  const standard: unknown = typeof own === "object" && own !== null ? Reflect.get(own, "~standard") : undefined;
  const written = { input: () => WAKE, output: () => WAKE };
  return {
    "~standard": {
      version: 1,
      vendor: "writ",
      jsonSchema: written,
      ...(isObject(standard) ? standard : {}),
      validate: (value: unknown) => ({ value }),
    },
  };
}

const WAKE = { type: "object", properties: { wake: { type: "boolean" } } };

/** Hears whether a tool suspended itself, which is not an end of its call. */
export class OwnPause {
  /** What the host threw to suspend, where it throws. */
  thrown: unknown;
  taken = false;
  #said: Error | undefined;

  /** Says so to the guard, by being thrown. Made where there is a pause: an error looks up where it was made. */
  get said(): Error {
    return (this.#said ??= new Error("the tool suspended itself"));
  }

  /** The same holder, whose `suspend` is heard. */
  heard<Holder extends { readonly suspend?: unknown }>(holder: Holder): Holder {
    const { suspend } = holder;
    if (typeof suspend !== "function") return holder;
    return {
      ...holder,
      suspend: async (...args: readonly unknown[]): Promise<unknown> => {
        this.taken = true;
        try {
          const answer: unknown = await Reflect.apply(suspend, holder, args);
          return answer;
        } catch (error) {
          this.thrown = error;
          throw error;
        }
      },
    };
  }

  /** Whether an error is the pause and no failure of the tool. */
  is(error: unknown): boolean {
    return (error !== undefined && error === this.#said) || (this.thrown !== undefined && error === this.thrown);
  }
}
