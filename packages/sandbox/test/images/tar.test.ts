import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTar, type TarEntry } from "../../src/images/tar.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "writ-tar-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function pack(entries: readonly TarEntry[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of writeTar(entries)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test("tar itself unpacks what was written", async () => {
  const source = join(folder, "source");
  writeFileSync(source, Buffer.alloc(100_000, 7));
  const long = `${"folder/".repeat(20)}file`;
  const archive = await pack([
    { kind: "folder", path: "a", mode: 0o755 },
    { kind: "text", path: "a/text", mode: 0o644, text: "héllo" },
    { kind: "file", path: "a/file", mode: 0o4755, source, size: 100_000 },
    { kind: "link", path: "a/link", target: "text" },
    { kind: "text", path: long, mode: 0o600, text: "" },
  ]);
  const out = mkdtempSync(join(folder, "out-"));
  execFileSync("tar", ["-x", "--no-same-owner", "-p", "-C", out], { input: archive });
  expect(readFileSync(join(out, "a/text"), "utf8")).toBe("héllo");
  expect(readFileSync(join(out, "a/file")).equals(readFileSync(source))).toBe(true);
  expect(lstatSync(join(out, "a/file")).mode & 0o7777, "no program runs as another user").toBe(0o755);
  expect(readlinkSync(join(out, "a/link"))).toBe("text");
  expect(lstatSync(join(out, long)).mode & 0o777).toBe(0o600);
});

test("equal contents are equal bytes, and whole blocks, whatever they hold", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "grapheme" })), async (texts) => {
      const entries = texts.map((text, i): TarEntry => ({ kind: "text", path: `f${i}`, mode: 0o644, text }));
      const [one, two] = [await pack(entries), await pack(entries)];
      expect(one.equals(two)).toBe(true);
      expect(one.length % 512).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["an absolute path", { kind: "text", path: "/etc/x", mode: 0o644, text: "" }],
  ["a path that leaves", { kind: "text", path: "a/../../x", mode: 0o644, text: "" }],
  ["a path with a zero", { kind: "text", path: "a\0b", mode: 0o644, text: "" }],
  ["a name that is too long", { kind: "text", path: "x".repeat(101), mode: 0o644, text: "" }],
  ["a target that is too long", { kind: "link", path: "x", target: "y".repeat(101) }],
] as const)("%s is refused", async (_name, entry) => {
  await expect(pack([entry])).rejects.toMatchObject({ code: "bad_option" });
});

test("a file that grew or shrank since it was counted is refused", async () => {
  const source = join(folder, "changed");
  writeFileSync(source, "12345");
  for (const size of [3, 9])
    await expect(pack([{ kind: "file", path: "x", mode: 0o644, source, size }])).rejects.toThrow(
      "changed while it was packed",
    );
});
