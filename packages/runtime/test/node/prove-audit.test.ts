import { createPublicKey } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyCheckpoint } from "@sigstore/verify/dist/tlog/checkpoint.js";
import { verifyMerkleInclusion } from "@sigstore/verify/dist/tlog/merkle.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseVerifierKey } from "../../src/audit/checkpoint.js";
import { parseProof } from "../../src/audit/proof-file.js";
import { fileAudit, proveConsistency, proveRecord, verifyAudit, verifyProof } from "../../src/node/index.js";
import { intentRecord, oneOfEach } from "../audit/records.js";
import { temporaryFolder } from "./temporary.js";

interface Log {
  readonly folder: string;
  readonly publicKey: string;
  /** The checkpoint of when the log was half as long. */
  readonly early: string;
  readonly size: number;
}

async function makeLog(): Promise<Log> {
  const folder = join(temporaryFolder(true), "audit");
  for (let half = 0; half < 2; half += 1) {
    const log = await fileAudit(folder, { rotate: { bytes: 3000 } });
    for (const body of oneOfEach()) await log.append(body, { durable: true });
    for (let i = 0; i < 7; i += 1) await log.append(intentRecord(i), { durable: true });
    await log.close();
    if (half === 0) copyFileSync(join(folder, "checkpoint"), join(folder, "..", "early"));
  }
  return {
    folder,
    publicKey: readFileSync(join(folder, "log.pub"), "utf8"),
    early: readFileSync(join(folder, "..", "early"), "utf8"),
    size: (await verifyAudit(folder)).records,
  };
}

describe("a proof that a record is in the log", () => {
  it("verifies alone, and gives the record back", async () => {
    const { folder, publicKey, size } = await makeLog();
    for (let seq = 0; seq < size; seq += 1) {
      const proof = await proveRecord(folder, seq);
      const found = await verifyProof(proof, { publicKey });
      expect(found).toMatchObject({ ok: true, kind: "inclusion", seq, record: { seq }, checkpoint: { size } });
      const hidden = await proveRecord(folder, seq, { hashOnly: true });
      const { kind, hash, record } = {
        kind: "",
        hash: "",
        record: undefined,
        ...(await verifyProof(hidden, { publicKey })),
      };
      expect({ kind, hash, record }).toEqual({
        kind: "inclusion",
        hash: "hash" in found ? found.hash : "",
        record: undefined,
      });
    }
  });

  it("is refused for a record that no checkpoint covers, and from a log that does not verify", async () => {
    const { folder, size } = await makeLog();
    for (const seq of [size, -1, 0.5, Number.NaN, 2 ** 53])
      await expect(proveRecord(folder, seq)).rejects.toMatchObject({ code: "record_missing" });
    const path = join(folder, "log.jsonl");
    writeFileSync(path, readFileSync(path, "utf8").replace("payments.refund", "payments.refunt"));
    await expect(proveRecord(folder, 3)).rejects.toMatchObject({ code: "audit_corrupt" });
    await expect(proveRecord(temporaryFolder(), 0)).rejects.toMatchObject({ code: "audit_key" });
  });

  it("lesson 11: is refused when a byte of it is changed, wherever", async () => {
    const { folder, publicKey } = await makeLog();
    const proof = Buffer.from(await proveRecord(folder, 2));
    const started = proof.indexOf("\n\n");
    for (let at = 0; at < proof.length; at += 1) {
      const changed = Buffer.from(proof);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const { ok } = await verifyProof(changed.toString("utf8"), { publicKey });
      expect(ok, `byte ${at} of ${proof.length}, the checkpoint begins at ${started}`).toBe(false);
    }
  });

  it("takes any text without an exception", async () => {
    const { publicKey } = await makeLog();
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom("c2sp.org/tlog-proof@v1", "extra AAAA", "index 0", "index 007", "old 1", "", "=".repeat(44)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        expect((await verifyProof(lines.join("\n"), { publicKey })).ok).toBe(false);
      }),
    );
    expect(await verifyProof("x".repeat(2_000_000), { publicKey })).toMatchObject({ code: "not_a_proof" });
    expect(await verifyProof("", { publicKey: "none" })).toMatchObject({ code: "no_key" });
  });

  it("is accepted by an independent implementation of checkpoints and inclusion proofs", async () => {
    const { folder, publicKey, size } = await makeLog();
    for (let seq = 0; seq < size; seq += 3) {
      const proof = parseProof(await proveRecord(folder, seq));
      const key = parseVerifierKey(publicKey);
      if (proof?.kind !== "inclusion" || key === undefined) throw new Error("no proof");
      const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(key.key).toString("base64url") };
      const authority = {
        logID: Buffer.from(key.id, "hex"),
        baseURL: key.name,
        publicKey: createPublicKey({ key: jwk, format: "jwk" }),
        validFor: { start: new Date(0), end: new Date() },
      };
      const entry = (body: string, checkpoint: string): Parameters<typeof verifyCheckpoint>[0] => ({
        logIndex: String(seq),
        logId: { keyId: authority.logID },
        kindVersion: { kind: "", version: "" },
        integratedTime: "0",
        inclusionPromise: undefined,
        inclusionProof: {
          logIndex: String(seq),
          rootHash: Buffer.alloc(0),
          treeSize: String(size),
          hashes: proof.path.map((hash) => Buffer.from(hash, "hex")),
          checkpoint: { envelope: checkpoint },
        },
        canonicalizedBody: Buffer.from(body),
      });
      const good = entry(proof.leaf, proof.checkpoint);
      const head = verifyCheckpoint(good, [authority]);
      expect(head).toMatchObject({ origin: key.name, logSize: BigInt(size) });
      verifyMerkleInclusion(good, head);
      expect(() => verifyMerkleInclusion(entry(`${proof.leaf} `, proof.checkpoint), head)).toThrow("root hash");
      const forged = proof.checkpoint.replace(`\n${size}\n`, `\n${size + 1}\n`);
      expect(() => verifyCheckpoint(entry(proof.leaf, forged), [authority])).toThrow("signature");
    }
  });
});

describe("a proof that the log only grew", () => {
  it("verifies with the older checkpoint, and not with another", async () => {
    const { folder, publicKey, early, size } = await makeLog();
    const proof = await proveConsistency(folder, early);
    expect(await verifyProof(proof, { publicKey, checkpoint: early })).toMatchObject({
      ok: true,
      kind: "consistency",
      checkpoint: { size },
    });
    expect(await verifyProof(proof, { publicKey })).toMatchObject({ code: "no_older" });
    const now = readFileSync(join(folder, "checkpoint"), "utf8");
    expect(await verifyProof(proof, { publicKey, checkpoint: now })).toMatchObject({ code: "bad_older" });
    const other = await makeLog();
    expect(await verifyProof(proof, { publicKey, checkpoint: other.early })).toMatchObject({ code: "bad_older" });
    const bytes = Buffer.from(proof);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect((await verifyProof(changed.toString("utf8"), { publicKey, checkpoint: early })).ok, `byte ${at}`).toBe(
        false,
      );
    }
    expect((await verifyProof(await proveConsistency(folder, now), { publicKey, checkpoint: now })).ok).toBe(true);
  });

  it("lesson 11: is refused by a log that was rewritten, or cut back, since", async () => {
    const first = await makeLog();
    const second = await makeLog();
    // The same key: whoever holds it can sign another history, and cannot prove that it grew from this one.
    const key = join(first.folder, "../keys/audit.key");
    const rewritten = join(temporaryFolder(true), "audit");
    const log = await fileAudit(rewritten, { key });
    for (let i = 0; i < 50; i += 1) await log.append(intentRecord(i), { durable: true });
    await log.close();
    await expect(proveConsistency(rewritten, first.early)).rejects.toMatchObject({ code: "audit_key" });
    await expect(proveConsistency(second.folder, first.early)).rejects.toMatchObject({ code: "audit_key" });
    const late = readFileSync(join(first.folder, "checkpoint"), "utf8");
    copyFileSync(join(first.folder, "../early"), join(first.folder, "checkpoint"));
    await expect(proveConsistency(first.folder, late)).rejects.toThrow("the log was cut back");
  });
});
