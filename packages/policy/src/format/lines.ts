import { widthOf } from "./doc.js";
import { widest } from "./columns.js";
import type { OwnComment } from "./pieces.js";

interface Line {
  readonly text: string;
  readonly blank: boolean;
  readonly comment: string | undefined;
}

/** Comments behind lines that differ more in length than this are not lined up. */
const MAX_SPREAD = 40;

/** The lines of the result. */
export class Lines {
  readonly #lines: Line[] = [];
  #opened = true;

  /** Lines that belong together; an empty one above them stays, but not at the beginning of a block. */
  add(lines: readonly string[], blank: boolean, comment?: string): void {
    for (const [index, text] of lines.entries()) {
      this.#lines.push({
        text,
        blank: index === 0 && blank && !this.#opened,
        comment: index === lines.length - 1 ? comment : undefined,
      });
      this.#opened = false;
    }
  }

  comments(comments: readonly OwnComment[], indentation: number): void {
    for (const { text, blank } of comments) this.add([" ".repeat(indentation) + text], blank);
  }

  /** What comes next begins a block. */
  open(): void {
    this.#opened = true;
  }

  text(): string {
    const out: string[] = [];
    for (let at = 0; at < this.#lines.length;) {
      let end = at + 1;
      if (this.#lines[at]?.comment !== undefined) {
        const indentation = indentationOf(this.#lines[at]);
        while (
          this.#lines[end]?.comment !== undefined &&
          this.#lines[end]?.blank === false &&
          indentationOf(this.#lines[end]) === indentation
        )
          end += 1;
      }
      const run = this.#lines.slice(at, end);
      const widths = run.map((line) => widthOf(line.text));
      const most = widest(widths);
      const aligned = widths.every((width) => most - width <= MAX_SPREAD);
      for (const [index, { text, blank, comment }] of run.entries()) {
        if (blank) out.push("");
        const gap = aligned ? most - (widths[index] ?? 0) : 0;
        out.push(comment === undefined ? text : `${text}${" ".repeat(gap + 2)}${comment}`);
      }
      at = end;
    }
    return out.length === 0 ? "" : `${out.join("\n")}\n`;
  }
}

function indentationOf(line: Line | undefined): number {
  return line?.text.search(/\S/) ?? 0;
}
