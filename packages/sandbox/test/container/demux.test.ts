import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StdoutOnly } from "../../src/backends/container/demux.js";

function chunk(stream: number, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

test("however the stream is cut, what is of stdout comes through in its order and nothing else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 }))),
      fc.array(fc.nat(30)),
      (parts, cuts) => {
        const whole = Buffer.concat(parts.map(([stream, bytes]) => chunk(stream, bytes)));
        const seen: Buffer[] = [];
        const reader = new StdoutOnly((bytes) => seen.push(Buffer.from(bytes)));
        let at = 0;
        for (const cut of cuts) {
          reader.take(whole.subarray(at, at + cut));
          at += cut;
        }
        reader.take(whole.subarray(at));
        const expected = Buffer.concat(parts.filter(([stream]) => stream === 1).map(([, bytes]) => bytes));
        expect(Buffer.concat(seen).equals(expected)).toBe(true);
      },
    ),
  );
});

test("a header that no engine writes ends it", () => {
  for (const header of [[9, 0, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1], [...Buffer.from("HTTP/1.1")]]) {
    const reader = new StdoutOnly(() => undefined);
    expect(() => reader.take(Buffer.from(header))).toThrow("no stream of a container");
  }
});
