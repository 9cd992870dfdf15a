import { isGranted, type Approval, type Vote } from "./approval.js";
import type { Whose, Word } from "./approvals.js";

/** A word as it was read, once. Anything but a plain `true` grants nothing. */
export interface ReadVote {
  readonly whose: Whose;
  readonly grant: boolean;
  readonly shown: string | undefined;
  /** The approval with this vote on it: one rejection ends it, the quorum of every rule grants it. */
  on(approval: Approval, vote: Omit<Vote, "grant">): Approval;
}

/** Reads what a host hands over; a host in JavaScript may hand over anything. */
export function readVote(word: Word): ReadVote {
  const grant: unknown = word.grant;
  const shown: unknown = word.shown;
  const agrees = grant === true;
  return {
    whose: word,
    grant: agrees,
    // What is no text is not what was shown either.
    shown: shown === undefined ? undefined : typeof shown === "string" ? shown : "",
    on(approval, vote) {
      const voted: Approval = { ...approval, votes: [...approval.votes, { ...vote, grant: agrees }] };
      if (!agrees) return { ...voted, status: "rejected", ended: vote.at };
      return { ...voted, status: isGranted(voted) ? "granted" : "pending" };
    },
  };
}
