import * as fc from "fast-check";
import { expect, test } from "vitest";
import { encodeFrame, FrameReader, FrameViolation } from "../../src/protocol/frames.js";

const WIDE = { frame: 1 << 20, total: 1 << 24, frames: 1000 };

/** Gives the bytes in pieces that end at these places. */
function inPieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

function read(reader: FrameReader, pieces: readonly Buffer[]): unknown[] {
  return pieces.flatMap((piece) => reader.take(piece));
}

test("frames come out as they went in, wherever they are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 20 }), (messages, cuts) => {
      const bytes = Buffer.concat(messages.map(encodeFrame));
      const plain: unknown = JSON.parse(JSON.stringify(messages));
      expect(read(new FrameReader(WIDE), inPieces(bytes, cuts))).toEqual(plain);
      expect(
        read(
          new FrameReader(WIDE),
          [...bytes].map((byte) => Buffer.from([byte])),
        ),
      ).toEqual(plain);
    }),
    { numRuns: 300 },
  );
});

test("bytes that are no frames are a violation, or wait for the rest; they are nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => {
      try {
        read(new FrameReader({ frame: 64, total: 1000, frames: 5 }), inPieces(Buffer.from(bytes), cuts));
      } catch (error) {
        if (!(error instanceof FrameViolation)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test("a head that announces too much is refused before anything of it comes", () => {
  const reader = new FrameReader({ frame: 100, total: 1 << 20, frames: 10 });
  expect(() => reader.take(Buffer.from([0, 0, 0, 101]))).toThrow(
    new FrameViolation("a frame of more than 100 bytes", true),
  );
});

test.each([
  ["bytes", { frame: 100, total: 20, frames: 10 }, 5],
  ["frames", { frame: 100, total: 1000, frames: 2 }, 3],
])("lesson 29: %s have a bound over the life of a sandbox", (_, bounds, count) => {
  const reader = new FrameReader(bounds);
  const send = () => Array.from({ length: count }, () => reader.take(encodeFrame(1)));
  expect(send).toThrow(FrameViolation);
});

test.each([
  ["text that is not UTF-8", Buffer.from([0, 0, 0, 3, 0x22, 0xff, 0x22])],
  ["a surrogate alone in UTF-8", Buffer.from([0, 0, 0, 5, 0x22, 0xed, 0xa0, 0x80, 0x22])],
  ["no JSON", Buffer.from([0, 0, 0, 1, 0x7b])],
  ["nothing", Buffer.from([0, 0, 0, 0])],
  ["a byte order mark", Buffer.from([0, 0, 0, 4, 0xef, 0xbb, 0xbf, 0x31])],
])("a frame of %s is a violation", (_, bytes) => {
  expect(() => new FrameReader(WIDE).take(bytes)).toThrow(FrameViolation);
});

test("half a frame and silence gives nothing", () => {
  const bytes = encodeFrame({ a: 1 });
  expect(new FrameReader(WIDE).take(bytes.subarray(0, bytes.length - 1))).toEqual([]);
});

test("a large frame in single bytes is held once, and read", () => {
  const bytes = encodeFrame("x".repeat(500_000));
  const reader = new FrameReader(WIDE);
  let found: unknown[] = [];
  for (const byte of bytes) found = reader.take(Buffer.from([byte]));
  expect(found).toEqual(["x".repeat(500_000)]);
});
