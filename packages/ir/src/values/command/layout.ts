import { heredocAgrees } from "./heredoc.js";
import type { ShellNode } from "./tree.js";
import { isOneWord } from "./words.js";
import { WORD_KINDS } from "./word-kinds.js";

/*
 * The grammar was made for editors, and guesses where a shell would not: it takes a newline, a form feed or an escaped
 * blank between words for white space, and reads on. An attacker looks for exactly such places. So every boundary
 * that the tree claims is held against the text by the shell's own rules (POSIX.1-2024, Shell Command Language 2.3),
 * and where the two readings differ nothing is believed.
 */

const BLANKS = /^(?:[ \t]|\\\n)*$/;
const SPACES = /^(?:[ \t\n]|\\\n)*$/;

const WORDS: ReadonlySet<string> = new Set([...WORD_KINDS, "command_name", "variable_assignment", "variable_name"]);
const STATEMENTS = new Set([
  "redirected_statement",
  "variable_assignments",
  "command",
  "declaration_command",
  "unset_command",
  "test_command",
  "negated_command",
  "for_statement",
  "while_statement",
  "if_statement",
  "case_statement",
  "pipeline",
  "list",
  "compound_statement",
  "function_definition",
  "subshell",
]);
const ONE_LINE = new Set([
  "command",
  "redirected_statement",
  "file_redirect",
  "herestring_redirect",
  "declaration_command",
  "unset_command",
  "negated_command",
  "variable_assignments",
]);
const TIGHT = new Set(["concatenation", "variable_assignment", "command_name"]);
/** What the walk holds against expressions of its own, whole: nothing inside is taken from the tree. */
const OPAQUE = new Set([
  "simple_expansion",
  "expansion",
  "arithmetic_expansion",
  "brace_expression",
  "ansi_c_string",
  "translated_string",
  "test_command",
  "heredoc_start",
  "heredoc_end",
  "extglob_pattern",
]);

/** Whether a tree's boundaries are those a shell would find in the text. */
export function layoutAgrees(root: ShellNode, source: string): boolean {
  // A carriage return and other control characters are letters to a shell and white space to the grammar.
  if (/[^\P{Cc}\n\t]/u.test(source)) return false;
  if (!SPACES.test(source.slice(0, root.start)) || !SPACES.test(source.slice(root.end))) return false;
  return agrees(root, source, false);
}

function agrees(node: ShellNode, source: string, substituted: boolean): boolean {
  const raw = source.slice(node.start, node.end);
  if (node.type === "ERROR") return false;
  if (node.type === "comment") return commentAgrees(node, source, substituted);
  if (node.type === "word") return isOneWord(raw) && node.children.length === 0;
  if (node.type === "number") return /^[-+\w#@]+$/.test(raw) && node.children.length === 0;
  if (node.type === "raw_string") return /^'[^']*'$/.test(raw);
  if (node.type === "string") return stringAgrees(node, source, substituted);
  if (node.type === "heredoc_redirect" && !heredocAgrees(node, source)) return false;
  if (node.type === "heredoc_body") return inner(node, source, substituted);
  if (
    node.type === "command_substitution" &&
    raw.startsWith("`") &&
    (raw.includes("\\") || raw.slice(1, -1).includes("`"))
  )
    return false;
  if (OPAQUE.has(node.type)) return true;
  return (
    gapsAgree(node, source) &&
    inner(node, source, substituted || node.type === "command_substitution" || node.type === "process_substitution")
  );
}

function inner(node: ShellNode, source: string, substituted: boolean): boolean {
  return node.children.every((child) => agrees(child, source, substituted));
}

function commentAgrees(node: ShellNode, source: string, substituted: boolean): boolean {
  // Shells differ on quotes and parentheses inside comments inside substitutions.
  if (substituted) return false;
  const before = node.start === 0 || /[ \t\n;&|()]/.test(source.charAt(node.start - 1));
  // `\` before a newline: the blank in front is no blank then.
  const escaped = source.charAt(node.start - 2) === "\\";
  const atEnd = node.end === source.length || source.charAt(node.end) === "\n";
  return before && !escaped && atEnd && !source.slice(node.start, node.end).includes("\n");
}

/** A double-quoted string: beside its substitutions no quote, backquote or `$(` stands unescaped in it. */
function stringAgrees(node: ShellNode, source: string, substituted: boolean): boolean {
  let text = "";
  let from = node.start;
  for (const child of node.children) {
    if (
      child.type === "command_substitution" ||
      child.type === "expansion" ||
      child.type === "arithmetic_expansion" ||
      child.type === "simple_expansion"
    ) {
      text += source.slice(from, child.start);
      from = child.end;
      if (!agrees(child, source, substituted)) return false;
    } else if (child.type === "ERROR") return false;
  }
  text += source.slice(from, node.end);
  return /^"(?:[^"\\`$]|\\[^]|\$(?![({[]))*"$/u.test(text);
}

function gapsAgree(node: ShellNode, source: string): boolean {
  const tight = TIGHT.has(node.type);
  const line = ONE_LINE.has(node.type);
  let last: ShellNode | undefined;
  let end = node.start;
  for (const child of node.children) {
    const gap = source.slice(end, child.start);
    if (tight ? gap !== "" : !(line ? BLANKS : SPACES).test(gap)) return false;
    if (!tight && last !== undefined && !apart(last, child, gap, line)) return false;
    if (last !== undefined && gap === "" && !wordsEnd(last, child, source)) return false;
    if (!tight && last !== undefined && gap.replaceAll("\\\n", "") === "" && !joinedAgrees(last, child, gap, source))
      return false;
    // A file descriptor is one digit (more are a word to some shells) that touches its operator and nothing before.
    if (last?.type === "file_descriptor" && gap !== "") return false;
    if (child.type === "file_descriptor" && !/(?:^|[ \t\n;&|()])\d$/.test(source.slice(0, child.end))) return false;
    last = child;
    end = child.end;
  }
  return node.children.length === 0 || end === node.end || SPACES.test(source.slice(end, node.end));
}

/** Reserved words are such only where they stand alone: `!'x'` and `if"x"` are words to a shell. */
function wordsEnd(left: ShellNode, right: ShellNode, source: string): boolean {
  const keyword = (node: ShellNode): boolean => !node.named && /^(?:[a-z]+|!|\{|\}|\[\[?|\]\]?)$/.test(node.type);
  // `$"x"` and `$'x'` are one word; the grammar may see a dollar sign and a string.
  if (left.type === "$" && !/[\n;&|<>]/.test(source.charAt(left.end))) return false;
  if (keyword(left) && !/[\n;&|()<>]/.test(source.charAt(left.end))) return false;
  return !keyword(right) || /[\n;&|()<>]/.test(source.charAt(right.start - 1));
}

const REDIRECTS = new Set(["file_redirect", "herestring_redirect", "heredoc_redirect"]);

/** Where no blank stands between, nothing may: `\` and a newline join what they part, and a redirect ends in a word. */
function joinedAgrees(left: ShellNode, right: ShellNode, gap: string, source: string): boolean {
  if (gap === "" && !REDIRECTS.has(left.type)) return true;
  const operator = /[;&|()]/;
  return (
    operator.test(source.charAt(left.end - 1)) ||
    operator.test(source.charAt(right.start)) ||
    (gap === "" && /[<>\n]/.test(source.charAt(right.start)))
  );
}

function apart(left: ShellNode, right: ShellNode, gap: string, line: boolean): boolean {
  const plain = gap.replaceAll("\\\n", "");
  if (line) return !(WORDS.has(left.type) && WORDS.has(right.type)) || plain !== "";
  const open = STATEMENTS.has(left.type) || left.type === "variable_assignment" || left.type === "comment";
  const begins = STATEMENTS.has(right.type) || right.type === "variable_assignment";
  if (open && begins) return plain.includes("\n");
  return !(WORDS.has(left.type) && WORDS.has(right.type)) || plain !== "";
}
