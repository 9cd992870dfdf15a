import type { Approval, Demanded } from "../approval.js";
import type { ViewPart } from "./part.js";
import { visible, word } from "./visible.js";

/**
 * An approval as plain text, for a terminal, a mail or a chat: one line for each thing, made by Writ. Text that anyone
 * could have written stands between quotation marks or after the sign of a changed line, and never begins a line. It is
 * neither HTML nor Markdown: escape it before you put it there.
 */
export function approvalText(approval: Approval): string {
  const { tool, agent, requester, demands, view, expires, shown, id } = approval;
  const about = (kind: ViewPart["kind"]): string[] => view.filter((part) => part.kind === kind).map(({ text }) => text);
  const asks = agent === "" ? word(requester) : `${word(agent)} for ${word(requester)}`;
  return [
    `${word(tool)}: ${about("effect").join("; ")}`,
    `asked by ${asks}`,
    ...view.flatMap(lines),
    ...about("undo"),
    ...demands.map(demandLine),
    `until ${new Date(expires).toISOString()}`,
    `approval ${id}, shown ${shown}`,
  ].join("\n");
}

function lines(part: ViewPart): readonly string[] {
  switch (part.kind) {
    case "effect":
    case "undo":
      return [];
    case "argument":
      return [`  ${word(part.name)}${part.sink ? " (where data goes)" : ""}: ${part.text}`];
    case "hidden":
      return [`  ${word(part.name)}: (${part.text})`];
    case "novelty":
      return [`  ${part.text}`];
    case "command":
    case "sql":
    case "host":
    case "scripts":
      return [`    ${part.text}`];
    case "origin":
      return [`  ${word(part.name)} comes from: ${part.text}`];
    case "change":
      return [
        `  ${part.name === "" ? "" : `${word(part.name)}, `}${part.text}`,
        ...part.lines.map(({ sign, text }) => `    | ${sign} ${text}`),
        ...(part.more > 0 ? [`    … ${part.more} more changed lines`] : []),
      ];
  }
}

function demandLine({ rule, at, because, from, quorum, requester }: Demanded): string {
  const who = `${quorum === 1 ? "" : `${quorum} of `}${from.join(" or ")}${requester ? "" : ", not the one who asked"}`;
  return `rule ${rule}${at === "" ? "" : ` (${at})`}${because === undefined ? "" : `: ${visible(because)}`}; may agree: ${who}`;
}
