import type { OriginSource } from "../../flow/origins.js";

interface Said {
  /** The part in words, on one line, with everything that is not seen written out. */
  readonly text: string;
  /** Whether text stands in it that anyone could have written: the model, a mail, the content of a file. */
  readonly quoted: boolean;
}

/**
 * One thing that a person who is asked has to see. Made by Writ from the canonical values that would be used; `name` is
 * the argument it is about. Nothing is HTML or Markdown: who shows it there has to escape it.
 */
export type ViewPart =
  /** What the tool does. */
  | (Said & { readonly kind: "effect"; readonly effects: readonly string[]; readonly risk: string })
  /** A value that would be used. `sink`: it says where data goes. `steers`: it decides what happens. */
  | (Said & {
      readonly kind: "argument";
      readonly name: string;
      readonly type: string;
      readonly sink: boolean;
      readonly steers: boolean;
    })
  /** A value that would be used, and that the rules' `show` leaves out. */
  | (Said & { readonly kind: "hidden"; readonly name: string; readonly type: string })
  /** The programs that a command starts; absent where they cannot be known. */
  | (Said & {
      readonly kind: "command";
      readonly name: string;
      readonly programs?: readonly string[];
      readonly flags?: readonly string[];
      readonly reads?: readonly string[];
      readonly writes?: readonly string[];
      /** Its words cannot be known before it runs. */
      readonly dynamic: boolean;
    })
  /** What statements do; absent is not known. */
  | (Said & {
      readonly kind: "sql";
      readonly name: string;
      readonly statements: number;
      readonly what?: string;
      readonly tables?: readonly string[];
      readonly readonly?: boolean;
      readonly filtered?: boolean;
    })
  /** A host that is not what it looks like, or that a text leads to. */
  | (Said & {
      readonly kind: "host";
      readonly name: string;
      readonly host: string;
      /** How a browser writes it, where that is otherwise. */
      readonly reads?: string;
      readonly private: boolean;
      readonly looksLike: boolean;
    })
  /** Letters of several scripts in one name. */
  | (Said & { readonly kind: "scripts"; readonly name: string; readonly scripts: readonly string[] })
  /** Where an argument comes from. */
  | (Said & {
      readonly kind: "origin";
      readonly name: string;
      readonly steers: boolean;
      /** Labels above the lowest; absent: not known. */
      readonly labels?: readonly string[];
      readonly tainted: boolean;
      readonly standing: "whole" | "nowhere" | "handle" | "unknown";
      readonly sources: readonly OriginSource[];
    })
  /** Whether a value that steers stands in nothing that is trusted; absent: not known. */
  | (Said & { readonly kind: "novelty"; readonly firstSeen?: boolean })
  /** What would take the call back; absent: nothing. */
  | (Said & { readonly kind: "undo"; readonly by?: string })
  /** What an argument would change, against what the host says is there now. */
  | (Said & {
      readonly kind: "change";
      readonly name: string;
      readonly by: "host";
      /** Digest of what is there now; absent: the host could not say. */
      readonly present?: string;
      readonly added: number;
      readonly removed: number;
      readonly lines: readonly ChangedLine[];
      /** Changed lines that are not listed. */
      readonly more: number;
    });

/** A line of a change, with everything that is not seen written out. */
export interface ChangedLine {
  readonly sign: "+" | "-" | " ";
  readonly text: string;
}
