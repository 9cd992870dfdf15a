import type { ShellNode } from "./tree.js";

/** A shell word: `text` after quotes are taken off, undefined where it is not known before the command runs. */
export interface Word {
  readonly text: string | undefined;
  /** Whether nothing in it was quoted or escaped, so that the shell may read it as a reserved word. */
  readonly bare: boolean;
}

// Every character that ends or quotes a word in a shell, and blanks of other scripts that some shells take for one.
const UNQUOTED = /^(?:[^\s\\"'$`&|;<>()\p{Cc}\p{Cf}\p{Z}]|\\[^\n\p{Cc}])+$/u;
const PLAIN_DOUBLE = /^(?:[^"\\$`]|\\[^\n]|\$(?=$|[^\w{([*@?!#$'"-]))*$/u;

/** Whether the text of a `word` node is one word to every shell. */
export function isOneWord(text: string): boolean {
  return UNQUOTED.test(text);
}

/** What a word means: undefined text for expansions, globs, braces, `~` and everything that shells read in different ways. */
export function readWord(node: ShellNode, source: string): Word {
  const raw = source.slice(node.start, node.end);
  switch (node.type) {
    case "word":
      return unquoted(raw, true);
    case "number":
      return node.children.length === 0 ? unquoted(raw, true) : UNKNOWN;
    case "raw_string":
      return { text: raw.slice(1, -1), bare: false };
    case "string":
      return doubleQuoted(raw);
    case "command_name": {
      const [only, ...rest] = node.children;
      return only !== undefined && rest.length === 0 ? readWord(only, source) : UNKNOWN;
    }
    case "concatenation":
      return joined(node, source);
    default:
      return UNKNOWN;
  }
}

const UNKNOWN: Word = { text: undefined, bare: false };

function joined(node: ShellNode, source: string): Word {
  let text = "";
  for (const [i, part] of node.children.entries()) {
    const raw = source.slice(part.start, part.end);
    // The grammar makes two parts of the `{}` of `find` and `xargs`.
    const inner =
      part.type === "word" || part.type === "number"
        ? /^[{}]$/.test(raw)
          ? { text: raw }
          : unquoted(raw, i === 0)
        : readWord(part, source);
    if (inner.text === undefined) return UNKNOWN;
    text += inner.text;
  }
  // `{a,b}` may come in several parts of which none shows it.
  return /[{}]/.test(source.slice(node.start, node.end).replaceAll("{}", "")) ? UNKNOWN : { text, bare: false };
}

function unquoted(raw: string, first: boolean): Word {
  if (!isOneWord(raw)) return UNKNOWN;
  const plain = raw.replace(/\\./gsu, "");
  if (/[*?[\]]/.test(plain)) return UNKNOWN;
  if (/[{}]/.test(plain.replaceAll("{}", ""))) return UNKNOWN;
  // `~` is a home folder at the start and, in assignments, after `:` and `=`; `=ls` is a path in zsh.
  if (/[:=]~/.test(plain) || (first && /^[~=]/.test(raw))) return UNKNOWN;
  return { text: raw.replace(/\\(.)/gsu, "$1"), bare: first && !raw.includes("\\") };
}

function doubleQuoted(raw: string): Word {
  const inner = raw.slice(1, -1);
  if (!PLAIN_DOUBLE.test(inner)) return UNKNOWN;
  return { text: inner.replace(/\\(["\\$`])/gu, "$1"), bare: false };
}
