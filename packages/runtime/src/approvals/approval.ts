import type { ViewPart } from "./view/part.js";
import { copyJson, digest, type Decision, type Json } from "@writ/ir";

/**
 * `pending`: asked, and not settled. `granted`: may be used once. `revoked`: taken back before it was used. All but these
 * first two are ends; `void` stands in the log alone, for an approval that another took the place of.
 */
export type ApprovalStatus = "pending" | "granted" | "rejected" | "expired" | "revoked" | "used" | "void";

/** A value as an approver sees it: made by Writ from the canonical arguments. Text that anyone could have written is quoted. */
export interface Shown {
  readonly name: string;
  readonly text: string;
  /** Whether the text is free text, shown between quotation marks with control and direction characters escaped. */
  readonly quoted: boolean;
}

/** What one rule demands before the call may run. */
export interface Demanded {
  readonly rule: string;
  /** Where the rule stands. */
  readonly at: string;
  readonly from: readonly string[];
  readonly requester: boolean;
  readonly quorum: number;
  readonly because?: string;
}

/** How it is known who decided: a token that the guard's verifier checked, or the host's word alone. */
export type Proof = "token" | "host";

/** One person's word. */
export interface Vote {
  readonly by: string;
  readonly grant: boolean;
  readonly at: number;
  /** Which demands this person may meet, by their place in {@link Approval.demands}: rules of two policies may have one name. */
  readonly demands: readonly number[];
  readonly proof: Proof;
}

/** A call that waits for a person. Times in milliseconds since 1970. */
export interface Approval {
  readonly id: string;
  readonly status: ApprovalStatus;
  readonly tool: string;
  readonly session: string;
  readonly call: string;
  readonly requester: string;
  readonly agent: string;
  readonly requested: number;
  readonly expires: number;
  /** When it came to its end. */
  readonly ended?: number;
  readonly demands: readonly Demanded[];
  /** The arguments in short: those that the rules' `show` names, or all, with every sink and every amount. */
  readonly show: readonly Shown[];
  /** All that a person has to see before agreeing; `approvalText` writes it. It is for who decides, not for who asks. */
  readonly view: readonly ViewPart[];
  /** Digest of all that a person is asked: what {@link Approval} says but for its status and votes. */
  readonly shown: string;
  readonly votes: readonly Vote[];
  /** Digest of policy, tool, canonical arguments, identity, session and labels: what is agreed to, and nothing else. */
  readonly binding: string;
  readonly policy: string;
}

/** Whether every demand has its quorum of distinct people. */
export function isGranted(approval: Approval): boolean {
  return approval.demands.every((demand, place) => {
    const people = new Set(
      approval.votes.filter((vote) => vote.grant && vote.demands.includes(place)).map((vote) => vote.by),
    );
    return people.size >= demand.quorum;
  });
}

/** Whether nothing can happen to it any more. */
export function isEnded({ status }: Approval): boolean {
  return status !== "pending" && status !== "granted";
}

/** The digest of what a person is asked. */
export function shownDigest(asks: Omit<Approval, "status" | "votes" | "shown" | "ended">): string {
  const copied = copyJson(asks);
  return digest(copied.ok ? copied.value : null); // larger than any call may be: it is not kept either
}

/** An approval as JSON for the store. */
export function approvalToJson(approval: Approval): Json {
  const copied = copyJson(approval);
  // Larger than any call may be: it is not kept, so it cannot be granted.
  return copied.ok ? copied.value : null;
}

/** An approval from the store; undefined where the entry is none, which then counts as no approval at all. */
export function approvalFromJson(value: Json): Approval | undefined {
  return isApproval(value) ? value : undefined;
}

const STATUSES: ReadonlySet<unknown> = new Set([
  "pending",
  "granted",
  "rejected",
  "expired",
  "revoked",
  "used",
  "void",
]);

function isApproval(value: unknown): value is Approval {
  if (typeof value !== "object" || value === null) return false;
  const has = (key: string, type: string): boolean => typeof Reflect.get(value, key) === type;
  const texts = ["id", "tool", "session", "call", "requester", "agent", "binding", "policy", "shown"].every((key) =>
    has(key, "string"),
  );
  const lists = ["demands", "show", "view", "votes"].every((key) => Array.isArray(Reflect.get(value, key)));
  return (
    texts &&
    lists &&
    has("requested", "number") &&
    has("expires", "number") &&
    STATUSES.has(Reflect.get(value, "status"))
  );
}

/** The earliest end that the demands set. */
export function expiry(demands: Decision["demands"], now: number): number {
  return now + Math.min(...demands.map((demand) => demand.expires));
}
