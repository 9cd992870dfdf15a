import type { Tool } from "@writ/ir";
import type { ViewPart } from "./part.js";

type Effect = Tool["effects"][number];

const WORDS: Readonly<Record<Effect, string>> = {
  read: "reads",
  write: "writes",
  delete: "deletes",
  egress: "sends data out",
  exec: "runs programs",
  pay: "moves money",
};

/** What a tool does, and what would take it back. A tool that only reads leaves nothing to take back. */
export function effectParts({ effects, risk, undo }: Tool): readonly ViewPart[] {
  const does = effects.length === 0 ? "does what the policy does not say" : effects.map((one) => WORDS[one]).join(", ");
  const effect: ViewPart = { kind: "effect", effects, risk, text: `${does}; risk ${risk}`, quoted: false };
  if (effects.length > 0 && effects.every((one) => one === "read")) return [effect];
  const taken: ViewPart =
    undo === undefined
      ? { kind: "undo", text: "it cannot be undone", quoted: false }
      : { kind: "undo", by: undo.tool, text: `it can be undone by ${undo.tool}`, quoted: false };
  return [effect, taken];
}
