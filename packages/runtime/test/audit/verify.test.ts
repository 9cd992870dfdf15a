import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leafHash } from "../../src/audit/encode-record.js";
import type { Problem, Verification } from "../../src/audit/problem.js";
import { verifyLog } from "../../src/audit/verify.js";
import { intentRecord, oneOfEach, outcomeRecord, policyRecord } from "./records.js";
import { chain, signer } from "./signed-log.js";

const signedBy = signer();
const bodies = [...oneOfEach(), intentRecord(2), outcomeRecord(2)];
const { lines, hashes } = chain(bodies);
const whole = lines.join("");
const checkpoint = signedBy.checkpoint(hashes);
const { publicKey } = signedBy;

function verify(
  log: string | Uint8Array,
  options: { checkpoint?: string | undefined; publicKey?: string | undefined } = {},
): Promise<Verification> {
  return verifyLog(typeof log === "string" ? new TextEncoder().encode(log) : log, {
    checkpoint,
    publicKey,
    ...options,
  });
}

function codes(problems: readonly Problem[]): string[] {
  return problems.map((problem) => problem.code);
}

describe("verifying a log", () => {
  it("accepts what was written, whole and in chunks of any size", async () => {
    expect(await verify(whole)).toEqual({
      ok: true,
      records: 8,
      unsigned: 0,
      checkpoint: { size: 8, verified: true, origin: "writ-audit/test" },
      problems: [],
      omitted: 0,
    });
    const bytes = new TextEncoder().encode(whole);
    for (const size of [1, 7, 64, 1000]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.slice(i * size, (i + 1) * size),
      );
      expect((await verifyLog(chunks, { checkpoint, publicKey })).ok).toBe(true);
    }
  });

  it("says how many records are chained and not yet signed", async () => {
    const found = await verify(whole, { checkpoint: signedBy.checkpoint(hashes.slice(0, 3)) });
    expect(found).toMatchObject({ ok: true, records: 8, unsigned: 5, checkpoint: { size: 3, verified: true } });
  });

  it("finds every byte of the log changed, the last record's too, and names the record", async () => {
    const bytes = new TextEncoder().encode(whole);
    let seq = 0;
    for (let i = 0; i < bytes.length; i += 1) {
      const original = bytes[i] ?? 0;
      for (const changed of [original ^ 1, original ^ 0x80, 10]) {
        if (changed === original) continue;
        bytes[i] = changed;
        const { ok, problems } = await verify(bytes);
        expect(ok, `byte ${i} set to ${changed}`).toBe(false);
        expect(problems[0]?.seq, `byte ${i} set to ${changed}: ${problems[0]?.message}`).toBe(seq);
      }
      bytes[i] = original;
      if (original === 10) seq += 1;
    }
  });

  it("finds one changed record and reports no other", async () => {
    for (const [i, line] of lines.entries()) {
      for (const changed of [line.replace('"at":', '"aT":'), `${line.startsWith("f") ? "0" : "f"}${line.slice(1)}`]) {
        const { problems } = await verify(lines.with(i, changed).join(""));
        expect(problems.map(({ code, seq, line: at }) => ({ code, seq, line: at }))).toEqual([
          { code: "edited", seq: i, line: i + 1 },
        ]);
      }
    }
  });

  it("finds a record taken out, put in, repeated, moved", async () => {
    for (let i = 0; i < lines.length; i += 1) {
      const without = await verify(lines.toSpliced(i, 1).join(""));
      expect(without.problems[0]).toMatchObject(
        i === lines.length - 1 ? { code: "truncated" } : { code: "missing", seq: i },
      );
      const twice = await verify(lines.toSpliced(i, 0, lines[i] ?? "").join(""));
      expect(twice.problems).toMatchObject([{ code: "out_of_order", seq: i, line: i + 2 }]);
      const garbage = await verify(lines.toSpliced(i, 0, "not a record\n").join(""));
      expect(garbage.problems).toMatchObject([{ code: "malformed", line: i + 1 }]);
      for (let j = i + 1; j < lines.length; j += 1) {
        const swapped = await verify(
          lines
            .with(i, lines[j] ?? "")
            .with(j, lines[i] ?? "")
            .join(""),
        );
        expect(swapped.ok).toBe(false);
        expect(swapped.problems[0]).toMatchObject({ code: "missing", seq: i });
      }
    }
    const foreign = chain([policyRecord(5), intentRecord(9)]).lines[1] ?? "";
    expect((await verify(lines.with(1, foreign).join(""))).problems[0]).toMatchObject({ code: "replaced", seq: 1 });
  });

  it("finds the log cut at every line and every byte", async () => {
    const bytes = new TextEncoder().encode(whole);
    for (let length = 0; length < bytes.length; length += 1) {
      const { ok, problems, records } = await verify(bytes.slice(0, length));
      expect(ok, `cut at ${length}`).toBe(false);
      expect(codes(problems)).toContain("truncated");
      expect(problems.at(-1)?.message).toContain(`${records} record`);
      if (length > 0 && bytes[length - 1] !== 10) expect(codes(problems)).toContain("torn");
    }
  });

  it("says both numbers when the last record after a checkpoint was taken away", async () => {
    const { problems } = await verify(lines.slice(0, -1).join(""));
    expect(problems.map(({ message }) => message)).toEqual([
      "The log has 7 records, the checkpoint vouches for 8: the end was taken away.",
    ]);
  });

  it("finds a history written anew without the key, although every link holds", async () => {
    const forged = chain(bodies.with(2, intentRecord(1, { tool: "mail.send" })));
    expect(codes((await verify(forged.lines.join(""))).problems)).toEqual(["forked"]);
    const own = signer();
    const byOther = await verify(forged.lines.join(""), { checkpoint: own.checkpoint(forged.hashes) });
    expect(codes(byOther.problems)).toEqual(["bad_signature"]);
  });

  it("finds a checkpoint that is missing, of another log, of another key, or changed in any byte", async () => {
    expect(codes((await verify(whole, { checkpoint: undefined })).problems)).toEqual(["no_checkpoint"]);
    expect(codes((await verify(whole, { publicKey: undefined })).problems)).toEqual(["no_key"]);
    expect(codes((await verify(whole, { publicKey: signer().publicKey })).problems)).toEqual(["bad_signature"]);
    expect(
      codes((await verify(whole, { checkpoint: signedBy.checkpoint(hashes, "writ-audit/other") })).problems),
    ).toEqual(["bad_checkpoint"]);
    for (let i = 0; i < checkpoint.length; i += 1) {
      for (const changed of ["A", "0", "\n", " ", ""]) {
        const note = checkpoint.slice(0, i) + changed + checkpoint.slice(i + 1);
        if (note === checkpoint) continue;
        const { ok } = await verify(whole, { checkpoint: note });
        expect(ok, `character ${i} of the checkpoint as ${JSON.stringify(changed)}`).toBe(false);
      }
    }
    for (let i = 0; i < publicKey.length; i += 1) {
      const key = `${publicKey.slice(0, i)}${publicKey[i] === "B" ? "C" : "B"}${publicKey.slice(i + 1)}`;
      expect((await verify(whole, { publicKey: key })).ok).toBe(false);
    }
  });

  it("gives problems and no exception for hostile bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        expect((await verify(bytes)).ok).toBe(false);
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom(...lines), fc.string({ unit: "binary", maxLength: 80 })), { maxLength: 12 }),
        fc.string({ maxLength: 200 }),
        async (parts, note) => {
          if (parts.join("") === whole) return;
          expect((await verify(parts.join(""), { checkpoint: note })).ok).toBe(false);
        },
      ),
    );
  });

  it("lesson 29: bounds a line of 10 MB, JSON 100,000 deep, and a million problems", async () => {
    const long = await verify(`${whole}${"x".repeat(10 * 1024 * 1024)}\n`);
    expect(long.problems).toMatchObject([{ code: "malformed", line: 9 }]);
    const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(codes((await verify(`${leafHash(deep)} ${deep}\n`)).problems)).toEqual(["malformed", "truncated"]);
    const many = await verify("\n".repeat(100_000));
    expect(many.problems.length).toBeLessThanOrEqual(102);
    expect(many.omitted).toBe(100_000 - 100);
  });

  it("does not take a record with a good hash that the log would not have written", async () => {
    for (const stored of [
      '{"seq":0,"prev":"","prev":"x"}',
      '{ "seq":0}',
      "[]",
      '{"seq":-1,"prev":"x"}',
      '{"prev":"x","seq":1e0}',
    ]) {
      expect(codes((await verify(`${leafHash(stored)} ${stored}\n`)).problems)[0]).toBe("malformed");
    }
  });
});
