import { sha256Hex } from "@writ/ir";

/** Line and column of an offset, both from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One text that was read: its name in messages and in the bundle, and where its lines begin. */
export class SourceFile {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  /** Whether it comes from elsewhere, such as a package: it counts only as the lock file has it. */
  readonly outside: boolean;
  readonly #lines: Uint32Array;
  #digest: string | undefined;

  constructor(id: string, name: string, text: string, outside = false) {
    this.id = id;
    this.name = name;
    this.text = text;
    this.outside = outside;
    this.#lines = lineStarts(text);
  }

  /** `sha256:` and the SHA-256 of the text's UTF-8 bytes. */
  get digest(): string {
    this.#digest ??= `sha256:${sha256Hex(this.text)}`;
    return this.#digest;
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  /** Where an offset stands; past the end is the end. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lines[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#lines[low] ?? 0) + 1 };
  }

  /** The text of a line (from 1), without its end. */
  line(number: number): string {
    const start = this.#lines[number - 1];
    if (start === undefined) return "";
    const next = this.#lines[number] ?? this.text.length + 1;
    return this.text.slice(start, next - 1).replace(/\r$/, "");
  }
}

function lineStarts(text: string): Uint32Array {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}
