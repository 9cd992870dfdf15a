import type { Decision, Fault } from "@writ/ir";
import type { Verdict } from "./evaluate/decide.js";

/**
 * What the model is told. It may recover from a refusal, so it learns which argument is malformed and what the
 * policy's `tell` says; it learns nothing of rules, bounds or other values that it could probe.
 */
export function refusalForModel(verdict: Verdict, extra?: string): string {
  const { decision, matches } = verdict;
  if (decision.fault !== undefined) return inputFault(decision.fault);
  const tells = decision.reasons.flatMap((reason) =>
    matches.filter((match) => match.rule.id === reason.by).flatMap(({ rule }) => rule.tell ?? []),
  );
  if (tells.length > 0) return `Refused by policy. ${tells.join(" ")}`;
  return `Refused by policy: this call is not allowed${extra === undefined ? "" : ` (${extra})`}. Do not repeat it; go on without it or tell the user.`;
}

function inputFault(fault: Fault): string {
  if (fault.code === "unknown_tool")
    return "Refused by policy: there is no such tool. Use one of the tools you were given.";
  const where = fault.path === "" ? "The arguments" : `Argument \`${fault.path}\``;
  return `Refused: ${where}: ${fault.message}. Correct it and try again.`;
}

/** What the model is told while a person is asked. */
export function waitingForModel(verdict: Verdict): string {
  const tells = verdict.matches.flatMap(({ rule, truth }) =>
    (rule.kind === "ask" || rule.kind === "demand") && truth !== false ? (rule.tell ?? []) : [],
  );
  return tells.length > 0
    ? tells.join(" ")
    : "A person has to agree to this call and has been asked. It has not run. Do not repeat it; go on with something else.";
}

/** The refusals of the runtime itself, in words for the model and for people. */
export const REFUSALS = {
  audit: "Refused: the call cannot be recorded, so it was not made.",
  state: "Refused: the guard cannot read or write its state, so the call was not made.",
  fault: "Refused: the guard met a fault of its own, so the call was not made.",
  closed: "Refused: the guard is closed.",
  ended: "Refused: this conversation has been ended.",
  stopped: "Refused: a person has stopped this. Do not try again or another way; tell the user.",
  limit: "Refused: a limit for this call is used up.",
  limitKey: "Refused: a limit for this call cannot be counted.",
  rejected: "Refused: a person was asked and said no. Do not repeat this call.",
  revoked: "Refused: the approval of this call was taken back. Do not repeat this call.",
  expired: "Refused: nobody agreed in time.",
  tooManyWaiting: "Refused: too many calls of this session wait for a person already.",
  pin: "Refused: this tool is not as it was when it was reviewed, so the call was not made. Do not repeat it; tell the user.",
  withheld: "The call ran, but the policy keeps its result back. Do not repeat it; go on without it.",
  aborted: "The call was aborted before it was made.",
} as const;

/** The words of an effect. */
export function effectWord(effect: Decision["effect"]): string {
  switch (effect) {
    case "allow":
      return "allowed";
    case "ask":
      return "asks";
    case "forbid":
      return "refused";
  }
}
