import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "../../src/audit/line-splitter.js";

describe("cutting into lines", () => {
  it("gives the same lines however the bytes come, also where the reader uses its buffer again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "é", "\n", "xyz"), { maxLength: 60 }).map((parts) => parts.join("")),
        fc.integer({ min: 1, max: 9 }),
        (text, size) => {
          const lines: string[] = [];
          const splitter = new LineSplitter(1000, (raw) => lines.push(Buffer.from(raw.bytes ?? []).toString()));
          const bytes = Buffer.from(text);
          const buffer = Buffer.alloc(size);
          for (let at = 0; at < bytes.length; at += size) {
            const length = bytes.copy(buffer, 0, at, at + size);
            splitter.push(buffer.subarray(0, length));
          }
          splitter.end();
          const expected = text.split("\n");
          if (expected.at(-1) === "") expected.pop();
          expect(lines).toEqual(expected);
        },
      ),
    );
  });
});
