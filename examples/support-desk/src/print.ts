import { visible } from "@writ/runtime";

export type Tone = "good" | "bad" | "alarm" | "ask" | "plain";

const COLOURS: Record<Tone, string> = { good: "32", bad: "31", alarm: "1;31", ask: "33", plain: "" };
const DIM = "2";
const SIGNS: Record<Tone, readonly [symbol: string, ascii: string]> = {
  good: ["✓", "+"], bad: ["✗", "x"], alarm: ["!", "!"], ask: ["?", "?"], plain: ["·", "-"],
};

const CALL_WIDTH = 42;
const WORD_WIDTH = 9;

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

  /** Lines as they are, a little to the right. */
  block(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.#out.write(`    ${visible(line)}\n`);
  }

  /** A name and what it is, wrapped under itself. */
  field(name: string, text: string, width = 12): void {
    const [first = "", ...rest] = wrap(visible(text), this.#width - width - 2);
    this.#out.write(`  ${this.#paint(DIM, name.padEnd(width))}${first}\n`);
    for (const line of rest) this.#out.write(`${" ".repeat(width + 2)}${line}\n`);
  }

  /** A step of a run on one line; a long reason goes on below. */
  step({ seconds, tone, call, word, why }: Step): void {
    const shown = visible(call);
    const short = shown.length > CALL_WIDTH ? `${shown.slice(0, CALL_WIDTH - 3)}...` : shown.padEnd(CALL_WIDTH);
    const indent = 10 + CALL_WIDTH + 3 + WORD_WIDTH;
    const [first = "", ...rest] = wrap(visible(why), this.#width - indent);
    const time = this.#paint(DIM, `${seconds.toFixed(2).padStart(6)}s`);
    this.#out.write(`${time}  ${this.#paint(COLOURS[tone], `${this.#sign(tone)} ${short}  ${word.padEnd(WORD_WIDTH)}`)}${first}\n`);
    for (const line of rest) this.#out.write(`${" ".repeat(indent - 1)}${line}\n`);
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
