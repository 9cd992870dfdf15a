import type { Found } from "./found.js";
import { heredocBody } from "./heredoc.js";
import { layoutAgrees } from "./layout.js";
import { parseShell } from "./parse-shell.js";
import { run } from "./run.js";
import type { ShellNode } from "./tree.js";
import { isInertVariable } from "./variables.js";
import { readWord, type Word } from "./words.js";
import { WORD_KINDS } from "./word-kinds.js";

const MAX_NESTED_TEXTS = 4;

// `[ -f x ]` and `[[ -n "$y" ]]` of words only. `<`, `>`, `&`, `|`, `(` and `[` mean other things to `[`, to `[[` and to a shell without `[[`.
const TEST =
  /^\[\[?(?:[ \t]+(?:!|-[a-uw-zA-QS-Z]|[\w./=:+,%@-]+|!?==?|!=|'[^'\n[]*'|"(?:[^"`$\\\n[]|\$\w+|\$\{\w+\})*"|\$(?:\w+|[?#@*])|\$\{\w+\}))*[ \t]+\]\]?$/;
const PLAIN_EXPANSION = /^\$\{(?:#?\w+|\w+:?[-+][\w./:,%@ -]*)\}$/;
const PLAIN_ARITHMETIC = /^\$\(\([\d\s+*/%<>=!&|^~?:()-]*\)\)$/;
const PLAIN_PATTERN = /^[\w.*?/@%+:,-]*$/;

/** Walks a shell text and records what it runs. Any kind of node that is not known here makes the result unsure. */
export function walkText(text: string, found: Found, nested = 0): void {
  const root = nested > MAX_NESTED_TEXTS ? "too_big" : parseShell(text);
  if (typeof root === "string" || root.type !== "program" || !layoutAgrees(root, text)) {
    found.unsure = true;
    return;
  }
  new Walk(text, found, nested).block(root);
}

class Walk {
  private readonly source: string;
  private readonly found: Found;
  private readonly nested: number;
  /** A `&>` has been read. */
  private splits = false;

  constructor(source: string, found: Found, nested: number) {
    this.source = source;
    this.found = found;
    this.nested = nested;
  }

  /** Every statement of a node that holds statements. */
  block(node: ShellNode): void {
    for (const child of node.children) {
      if (child.named && child.type !== "comment") this.statement(child);
    }
  }

  private statement(node: ShellNode, more: readonly Word[] = []): void {
    const raw = this.source.slice(node.start, node.end);
    switch (node.type) {
      case "command":
        return this.command(node, more);
      case "redirected_statement":
        return this.redirected(node);
      case "pipeline":
        this.found.pipes += node.children.filter((child) => child.type === "|" || child.type === "|&").length;
        return this.block(node);
      case "subshell":
      case "compound_statement":
        // `((...))` is arithmetic to one shell and two subshells to another.
        if (raw.startsWith("((")) return this.unsure();
        return this.block(node);
      case "list":
      case "negated_command":
      case "do_group":
      case "if_statement":
      case "elif_clause":
      case "else_clause":
      case "while_statement":
        return this.block(node);
      case "for_statement":
        return this.loop(node);
      case "case_statement":
      case "case_item":
        return this.cases(node);
      case "function_definition":
        return this.definition(node);
      case "variable_assignment":
        return this.assignment(node);
      case "variable_assignments":
        return this.block(node);
      case "declaration_command":
        return this.declaration(node);
      case "unset_command":
        return this.unset(node);
      case "test_command":
        return this.test(raw);
      case "file_redirect":
        return this.redirect(node, []);
      default:
        return this.unsure();
    }
  }

  private unsure(): void {
    this.found.unsure = true;
  }

  private command(node: ShellNode, more: readonly Word[]): void {
    const words: Word[] = [];
    let named = false;
    for (const child of node.children) {
      if (child.type === "variable_assignment") {
        if (named) this.unsure();
        this.assignment(child);
      } else if (child.type === "file_redirect") {
        this.redirect(child, words);
        if (this.splits) this.unsure();
      } else if (child.type === "herestring_redirect") this.herestring(child);
      else if (child.type === "subshell") {
        this.unsure();
        this.block(child);
      } else if (!child.named) words.push({ text: this.source.slice(child.start, child.end), bare: true });
      else {
        named ||= child.type === "command_name";
        words.push(this.word(child));
      }
    }
    // A redirect's second word stands before the name: `> f ls` read as `> f` with two files.
    if (!named) this.unsure();
    run([...words, ...more], this.found, (code) => walkText(code, this.found, this.nested + 1));
  }

  private redirected(node: ShellNode): void {
    const more: Word[] = [];
    const bodies: ShellNode[] = [];
    for (const child of node.children) {
      if (child.type === "file_redirect") this.redirect(child, more);
      else if (child.type === "herestring_redirect") this.herestring(child);
      else if (child.type === "heredoc_redirect") this.heredoc(child, more);
      else bodies.push(child);
    }
    const [body, ...rest] = bodies;
    // Words after a redirect belong to the command before it, and only a simple command takes words.
    if (rest.length > 0 || (more.length > 0 && body?.type !== "command")) this.unsure();
    if (body !== undefined) this.statement(body, more);
  }

  /** A redirect; words that the grammar adds to it go to `more`, since the shell gives them to the command. */
  private redirect(node: ShellNode, more: Word[]): void {
    const operator = node.children.find((child) => !child.named)?.type ?? "";
    const [target, ...rest] = node.children.filter((child) => child.named && child.type !== "file_descriptor");
    for (const child of rest) more.push(this.word(child));
    // Without `&>` a shell reads `cmd & > file words`, and runs the words, also those behind a later redirect.
    this.splits ||= operator.startsWith("&>");
    if (this.splits && rest.length > 0) this.unsure();
    const closes = operator === "<&-" || operator === ">&-";
    // `>&- rm x`: the grammar takes the program for the redirect's file.
    if (target === undefined || closes) return closes && target === undefined ? undefined : this.unsure();
    const { text } = this.word(target);
    if (operator === "<&" || operator === ">&") {
      if (text !== undefined && /^(?:\d-?|-)$/.test(text)) return;
      this.found.filesUnknown = true;
      // bash 5.2 expands the word twice here: `>& '$(rm x)'` runs rm.
      if (text === undefined || !/^[\w./-]+$/.test(text)) this.unsure();
    }
    if (text === undefined || /^\/dev\/(?:tcp|udp)\//.test(text)) {
      this.found.dynamic = true;
      this.found.filesUnknown = true;
    } else if (operator.startsWith("<")) this.found.reads.push(text);
    else this.found.writes.push(text);
  }

  private herestring(node: ShellNode): void {
    for (const child of node.children) {
      if (child.named && child.type !== "file_descriptor") this.word(child);
    }
  }

  private heredoc(node: ShellNode, more: Word[]): void {
    const body = heredocBody(node, this.source);
    if (body !== "literal") this.found.dynamic = true;
    if (body === "code") this.unsure();
    for (const child of node.children) {
      if (
        child.type === "heredoc_start" ||
        child.type === "heredoc_end" ||
        child.type === "heredoc_body" ||
        child.type === "file_descriptor" ||
        !child.named
      )
        continue;
      if (child.type === "file_redirect") this.redirect(child, more);
      else if (child.type === "herestring_redirect") this.herestring(child);
      else if (child.type === "pipeline") {
        this.found.pipes += 1;
        this.block(child);
      } else if (WORD_KINDS.has(child.type)) {
        more.push(this.word(child));
        if (this.splits) this.unsure();
      } else this.statement(child);
    }
  }

  private loop(node: ShellNode): void {
    if (this.source.startsWith("select", node.start)) this.unsure();
    for (const child of node.children) {
      if (child.type === "variable_name") this.variable(this.source.slice(child.start, child.end));
      else if (child.type === "do_group") this.block(child);
      else if (child.named && child.type !== "comment") this.word(child);
    }
  }

  private cases(node: ShellNode): void {
    for (const child of node.children) {
      if (child.type === "case_item") this.cases(child);
      else if (child.type === "extglob_pattern" || (WORD_KINDS.has(child.type) && node.type === "case_item")) {
        if (
          !PLAIN_PATTERN.test(this.source.slice(child.start, child.end)) &&
          readWord(child, this.source).text === undefined
        )
          this.unsure();
      } else if (WORD_KINDS.has(child.type)) this.word(child);
      else if (child.named && child.type !== "comment") this.statement(child);
    }
  }

  private definition(node: ShellNode): void {
    const [name, ...rest] = node.children.filter((child) => child.named && child.type !== "comment");
    const text = name === undefined ? undefined : readWord(name, this.source).text;
    // `function f` runs a program called `function` where the shell has no such keyword.
    if (text === undefined || this.source.startsWith("function", node.start)) this.unsure();
    else this.found.defines(text);
    for (const child of rest) this.statement(child);
  }

  private variable(name: string): void {
    if (isInertVariable(name)) return;
    this.unsure();
  }

  private assignment(node: ShellNode): void {
    const [name, value] = node.children.filter((child) => child.named);
    // A shell without `+=` and subscripts runs the whole word as a program.
    if (name?.type !== "variable_name" || !node.children.some((child) => child.type === "=")) this.unsure();
    else this.variable(this.source.slice(name.start, name.end));
    if (value === undefined) return;
    if (value.type === "array") for (const child of value.children.filter((item) => item.named)) this.word(child);
    else this.word(value);
  }

  private declaration(node: ShellNode): void {
    const words: (string | undefined)[] = [];
    for (const child of node.children.slice(1)) {
      if (child.type === "variable_assignment") this.assignment(child);
      const { text } =
        child.type === "variable_assignment"
          ? { text: undefined }
          : child.type === "variable_name"
            ? { text: this.source.slice(child.start, child.end) }
            : this.word(child);
      // `declare 'a[$(x)]'` runs x; `-i` and `-n` let later values act.
      if (child.type !== "variable_assignment" && (text === undefined || !/^(?:\w+|-[gprx])$/.test(text)))
        this.unsure();
      words.push(child.type === "variable_assignment" ? this.source.slice(child.start, child.end) : text);
    }
    this.found.program(node.children[0]?.type ?? "declare", words);
  }

  private unset(node: ShellNode): void {
    const words = node.children
      .slice(1)
      .map((child) =>
        child.type === "variable_name" ? this.source.slice(child.start, child.end) : this.word(child).text,
      );
    for (const word of words) {
      if (word === undefined || !/^(?:-[fv]|\w+)$/.test(word)) this.unsure();
      else if (!word.startsWith("-")) this.variable(word);
    }
    this.found.program("unset", words);
  }

  private test(raw: string): void {
    if (!TEST.test(raw)) return this.unsure();
    this.found.program(raw.startsWith("[[") ? "[[" : "[", []);
    this.found.filesUnknown = true;
    this.found.argsUnknown = true;
    if (raw.includes("$")) this.found.dynamic = true;
  }

  /** A word's meaning; what it may run is walked too. */
  private word(node: ShellNode): Word {
    const word = readWord(node, this.source);
    if (word.text === undefined) {
      this.found.dynamic = true;
      this.expansions(node);
    }
    return word;
  }

  private expansions(node: ShellNode): void {
    const raw = this.source.slice(node.start, node.end);
    switch (node.type) {
      case "command_substitution":
      case "process_substitution":
        return this.block(node);
      case "expansion":
        return PLAIN_EXPANSION.test(raw) ? undefined : this.unsure();
      case "arithmetic_expansion":
        // A variable's value in arithmetic may hold a subscript, and that a substitution.
        return PLAIN_ARITHMETIC.test(raw) ? undefined : this.unsure();
      case "ansi_c_string":
      case "translated_string":
        return /[`\\(]/.test(raw) ? this.unsure() : undefined;
      case "simple_expansion":
      case "brace_expression":
      case "word":
      case "number":
      case "raw_string":
        return undefined;
      case "string":
      case "concatenation":
      case "command_name":
        for (const child of node.children) if (child.named && child.type !== "string_content") this.expansions(child);
        return undefined;
      default:
        return this.unsure();
    }
  }
}
