import type { Json } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { EventOutcome } from "../history/history.js";
import type { LabelSet } from "./labels.js";
import type { Source, SourceRef } from "./source.js";

/** Who put a text before the model, as far as the host knows. */
export type Speaker = "user" | "system" | "unknown";

/**
 * Something that a session's memory learned. The memory is the fold of its events: whoever takes them up in their order
 * knows what was known. An absent text or value is one that was too large to be kept.
 */
export type MemoryEvent =
  /** The host put a text before the model. `own`: it is the user's own words. */
  | {
      readonly kind: "heard";
      readonly from: Speaker;
      readonly text: string | undefined;
      readonly labels: LabelSet;
      readonly own: boolean;
    }
  /** Something with these labels is before the model; undefined where they are not known. */
  | { readonly kind: "joined"; readonly labels: LabelSet | undefined; readonly source: SourceRef }
  /** A value stands in a source: as a text, under a typed key, or both. */
  | { readonly kind: "stood"; readonly source: Source; readonly key?: string; readonly text?: string }
  /** Values with these labels stand somewhere that was not kept. */
  | { readonly kind: "forgot"; readonly labels: LabelSet }
  /** Where the arguments of a call came from. */
  | { readonly kind: "derived"; readonly call: string; readonly from: readonly SourceRef[] }
  | { readonly kind: "wrote"; readonly path: string; readonly labels: LabelSet | undefined }
  /** A call with a host's id was first seen: its labels are those of this moment from now on. */
  | { readonly kind: "seen"; readonly key: string }
  /** The host took note of something: a message of the prompt that was dealt with. */
  | { readonly kind: "noted"; readonly key: string }
  | {
      readonly kind: "handed";
      readonly name: string;
      readonly value: Json | undefined;
      readonly labels: LabelSet | undefined;
      readonly source: SourceRef | undefined;
    }
  | { readonly kind: "begun"; readonly id: string; readonly tool: string; readonly args: ReadonlyMap<string, Value> }
  | {
      readonly kind: "ended";
      readonly id: string;
      readonly tool: string;
      readonly outcome: EventOutcome;
      readonly at: number;
      readonly result: Value | undefined;
    }
  | {
      readonly kind: "denied";
      readonly id: string;
      readonly tool: string;
      readonly args: ReadonlyMap<string, Value>;
      readonly at: number;
    }
  /** A call that was about to begin did not. */
  | { readonly kind: "never"; readonly id: string }
  /** Something was read, said or done that nobody here knows of. */
  | { readonly kind: "lost" };
