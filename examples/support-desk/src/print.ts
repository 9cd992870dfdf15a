import { visible } from "@writ/runtime";

export type Tone = "good" | "bad" | "alarm" | "ask" | "plain";

const COLOURS: Record<Tone, string> = { good: "32", bad: "31", alarm: "1;31", ask: "33", plain: "" };
const DIM = "2";
const SIGNS: Record<Tone, readonly [symbol: string, ascii: string]> = {
  good: ["✓", "+"],
  bad: ["✗", "x"],
  alarm: ["!", "!"],
  ask: ["?", "?"],
  plain: ["·", "-"],
};

const CALL_WIDTH = 44;
const WORD_WIDTH = 9;
const RULE_INDENT = 11 + CALL_WIDTH + 2 + WORD_WIDTH;
const REASON_INDENT = 11;

/** One step of a run, as the screen shows it. */
export interface Step {
  readonly seconds: number;
  readonly tone: Tone;
  readonly call: string;
  /** What became of it, in a word: `allowed`, `refused`, `asks`. */
  readonly word: string;
  readonly why: string;
}

/** The screen: lines of at most 110 columns, colour on a terminal only, nothing a terminal would obey. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #colour: boolean;
  readonly #ascii: boolean;
  readonly #width: number;

  constructor(out: NodeJS.WriteStream, env: NodeJS.ProcessEnv) {
    const plain = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
    this.#out = out;
    this.#colour = out.isTTY && !plain;
    this.#ascii = plain || !/utf-?8/i.test(env["LC_ALL"] ?? env["LC_CTYPE"] ?? env["LANG"] ?? "");
    this.#width = Math.max(60, Math.min(out.isTTY ? out.columns : 110, 110));
  }

  line(text = ""): void {
    this.#out.write(`${text === "" ? "" : visible(text)}\n`);
  }

  heading(text: string): void {
    this.#out.write(`\n${this.#paint("1", visible(text))}\n`);
  }

  good(text: string): void {
    this.#marked("good", text);
  }

  bad(text: string): void {
    this.#marked("bad", text);
  }

  /** Lines as they are, a little to the right; only those too long for the screen are broken. */
  block(text: string): void {
    for (const line of text.trimEnd().split("\n")) {
      const safe = visible(line);
      const width = this.#width - 4;
      for (const part of safe.length > width ? wrap(safe, width) : [safe]) this.#out.write(`    ${part}\n`);
    }
  }

  /** A name and what it is, wrapped under itself. */
  field(name: string, text: string, width = 12): void {
    const [first = "", ...rest] = wrap(visible(text), this.#width - width - 2);
    this.#out.write(`  ${this.#paint(DIM, name.padEnd(width))}${first}\n`);
    for (const line of rest) this.#out.write(`${" ".repeat(width + 2)}${line}\n`);
  }

  /** A step of a run on one line: what was called, what became of it, by which rule; a reason goes below. */
  step({ seconds, tone, call, word, why }: Step): void {
    const short = fitted(visible(call), CALL_WIDTH);
    const [rule, reason] = ruleAndReason(visible(why), this.#width - RULE_INDENT);
    const time = this.#paint(DIM, `${seconds.toFixed(2).padStart(6)}s`);
    const shownCall = this.#paint(COLOURS[tone], `${this.#sign(tone)} ${short}  ${word}`);
    this.#out.write(`${time}  ${shownCall}${rule === "" ? "" : " ".repeat(WORD_WIDTH - word.length)}${rule}\n`);
    if (reason === "") return;
    for (const line of wrap(reason, this.#width - REASON_INDENT))
      this.#out.write(`${" ".repeat(REASON_INDENT)}${this.#paint(DIM, line)}\n`);
  }

  #marked(tone: Tone, text: string): void {
    const [first = "", ...rest] = wrap(visible(text), this.#width - 4);
    this.#out.write(`  ${this.#paint(COLOURS[tone], this.#sign(tone))} ${first}\n`);
    for (const line of rest) this.#out.write(`    ${line}\n`);
  }

  #sign(tone: Tone): string {
    return SIGNS[tone][this.#ascii ? 1 : 0];
  }

  #paint(code: string, text: string): string {
    return this.#colour && code !== "" ? `\u001B[${code}m${text}\u001B[0m` : text;
  }
}

function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 3)}...` : text.padEnd(width);
}

/** Parts an explanation of the guard: `allow lookup (support.policy:42)`, and what is said beyond that. */
function ruleAndReason(why: string, room: number): readonly [rule: string, reason: string] {
  const parts = /^(?<rule>no rule grants it|\w+ \w+ \([^()]*\))(?:; |: )(?<reason>.+)$/.exec(why)?.groups;
  if (parts !== undefined) return [parts["rule"] ?? "", parts["reason"] ?? ""];
  return why.length > room ? ["", why] : [why, ""];
}

/** Breaks a text at spaces; a word longer than a line stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
