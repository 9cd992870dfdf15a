import type { WalledIsolation } from "@writ/runtime";
import type { EndReason, Limits } from "../backend.js";

/** Languages that attacks are written in. */
export type AttackLanguage = "javascript" | "python" | "shell";

/**
 * One thing that a program tries against its sandbox. Its text finds in `args` (in a shell: in files of the host that
 * are named by `$`-words, see run.ts) what was planted on the host, and hands back whatever it could get: the judge looks
 * for planted secrets in it, for `ESCAPED:`, and at what was changed on the host.
 */
export interface Attack {
  readonly id: string;
  readonly area: "files" | "network" | "processes" | "results";
  /** What is tried, in a few words. */
  readonly tries: string;
  readonly sources: { readonly [language in AttackLanguage]?: string | undefined };
  /** Needs a folder of the host inside. */
  readonly mount?: "read" | "write" | undefined;
  /** Writes frames itself; there is no such thing where a program has no descriptors. */
  readonly raw?: boolean | undefined;
  /** What it asks is left without an answer, so that asks add up however fast the host is. */
  readonly unanswered?: boolean | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** How it may end. Unsaid, any way that leaks and changes nothing. */
  readonly ends?: readonly (EndReason | "failed" | "done")[] | undefined;
  /** Tiers that do not claim to stop it, with the reason. */
  readonly unclaimed?: Partial<Record<WalledIsolation, string>> | undefined;
}

/** What became of one attack in one language. */
export interface EscapeRow {
  readonly id: string;
  readonly area: Attack["area"];
  readonly tries: string;
  readonly language: AttackLanguage;
  readonly expected: string;
  readonly happened: string;
  /** Whether the wall held; an attack that the tier does not claim to stop is not judged by it. */
  readonly held: boolean;
  /** Why the tier does not claim it. */
  readonly unclaimed: string | undefined;
}
