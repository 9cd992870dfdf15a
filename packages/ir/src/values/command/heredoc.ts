import type { ShellNode } from "./tree.js";

/** What a here-document's body may hold. */
export type HeredocBody = "literal" | "variables" | "code";

const DELIMITER = /^(?:([\w.-]+)|'([\w.-]+)'|"([\w.-]+)"|\\([\w.-]+))$/;
const REST_OF_LINE = /^(?:[^'"`$\\()#\n]|'[^'\n]*'|"[^"`$\\\n]*")*$/;

/**
 * Whether a here-document ends where a shell ends it (POSIX.1-2024, 2.7.4): at the first line that is the delimiter
 * and nothing else. A body with a line that begins like the delimiter is not believed: inside `$(...)` some shells
 * end it there.
 */
export function heredocAgrees(node: ShellNode, source: string): boolean {
  const start = node.children.find((child) => child.type === "heredoc_start");
  const end = node.children.find((child) => child.type === "heredoc_end");
  const body = node.children.find((child) => child.type === "heredoc_body");
  const operator = node.children[0]?.type;
  if (start === undefined || end === undefined || body === undefined || (operator !== "<<" && operator !== "<<-"))
    return false;
  const delimiter = delimiterOf(source.slice(start.start, start.end));
  if (delimiter === undefined || !source.startsWith(operator, node.start)) return false;
  // Two here-documents may share a line; the second then begins where the first one ends.
  if (source.indexOf("<<", start.end) >= 0 && source.indexOf("<<", start.end) < body.start) return false;
  const newline = source.indexOf("\n", start.end);
  if (newline < 0 || newline >= end.start || !REST_OF_LINE.test(source.slice(start.end, newline))) return false;
  if (node.children.some((child) => child !== body && child !== end && child.end > newline)) return false;
  let at = newline + 1;
  while (at <= source.length) {
    const stop = source.indexOf("\n", at);
    const line = source.slice(at, stop < 0 ? source.length : stop);
    const text = operator === "<<-" ? line.replace(/^\t+/, "") : line;
    if (text === delimiter.text)
      return end.start === at + line.length - text.length && end.end === at + line.length && body.end <= end.start;
    if (text.trimStart().startsWith(delimiter.text) || (!delimiter.quoted && line.endsWith("\\"))) return false;
    if (stop < 0) return false;
    at = stop + 1;
  }
  return false;
}

/** What the body of a here-document may do, from its own text. */
export function heredocBody(node: ShellNode, source: string): HeredocBody {
  const start = node.children.find((child) => child.type === "heredoc_start");
  const body = node.children.find((child) => child.type === "heredoc_body");
  const end = node.children.find((child) => child.type === "heredoc_end");
  if (start === undefined || body === undefined || end === undefined) return "code";
  if (delimiterOf(source.slice(start.start, start.end))?.quoted === true) return "literal";
  const text = source.slice(source.indexOf("\n", start.end) + 1, end.start).replace(/\\[\\$`]/g, "");
  if (/`|\$[({[]/.test(text)) return "code";
  return text.includes("$") ? "variables" : "literal";
}

function delimiterOf(raw: string): { readonly text: string; readonly quoted: boolean } | undefined {
  const found = DELIMITER.exec(raw);
  const text = found?.[1] ?? found?.[2] ?? found?.[3] ?? found?.[4];
  return text === undefined ? undefined : { text, quoted: found?.[1] === undefined };
}
