import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Demux } from "../../src/backends/container/demux.js";

function chunk(stream: number, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

test("however the stream is cut, what is of stdout and of stderr comes through, each in its order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 }))),
      fc.array(fc.nat(30)),
      (parts, cuts) => {
        const whole = Buffer.concat(parts.map(([stream, bytes]) => chunk(stream, bytes)));
        const seen: Buffer[] = [];
        const stray: Buffer[] = [];
        const reader = new Demux(
          (bytes) => seen.push(Buffer.from(bytes)),
          (bytes) => stray.push(Buffer.from(bytes)),
        );
        let at = 0;
        for (const cut of cuts) {
          reader.take(whole.subarray(at, at + cut));
          at += cut;
        }
        reader.take(whole.subarray(at));
        const of = (wanted: number): Buffer =>
          Buffer.concat(parts.filter(([stream]) => stream === wanted).map(([, bytes]) => bytes));
        expect(Buffer.concat(seen).equals(of(1))).toBe(true);
        expect(Buffer.concat(stray).equals(of(2))).toBe(true);
      },
    ),
  );
});

test("a header that no engine writes ends it", () => {
  for (const header of [[9, 0, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1], [...Buffer.from("HTTP/1.1")]]) {
    const reader = new Demux(
      () => undefined,
      () => undefined,
    );
    expect(() => reader.take(Buffer.from(header))).toThrow("no stream of a container");
  }
});
