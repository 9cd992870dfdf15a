import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { types } from "node:util";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { canonicalize, digest, type Json } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { HpkeSender, hpkeOpen } from "../../src/node/hpke.js";
import {
  fileAudit,
  makeSealKey,
  readAudit,
  unsealArguments,
  verifyAudit,
  type AuditEntry,
  type FileAudit,
} from "../../src/node/index.js";
import { intentRecord } from "../audit/records.js";
import { temporaryFolder } from "./temporary.js";

const SECRET = "the quick brown secret";

function argsOf(n: number): Json {
  return { to: "a@example.com", body: `${SECRET} ${n}` };
}

async function append(log: FileAudit, n: number): Promise<void> {
  const args = argsOf(n);
  const masked = { to: "a@example.com", body: "<Text, 24 characters>" };
  await log.append(intentRecord(n, { args: { digest: digest(args), masked } }), { durable: true, args });
}

interface Sealed {
  readonly folder: string;
  readonly origin: string;
  readonly privateKey: string;
}

async function sealedLog(records = 5): Promise<Sealed> {
  const place = temporaryFolder(true);
  const folder = join(place, "audit");
  const { privateKey, publicKey } = makeSealKey();
  writeFileSync(join(place, "seal.pub"), publicKey);
  const log = await fileAudit(folder, { sealTo: join(place, "seal.pub"), rotate: { bytes: 2000 } });
  expect(log.sealing).toBe(true);
  for (let n = 0; n < records; n += 1) await append(log, n);
  await log.close();
  const [origin = ""] = readFileSync(join(folder, "log.pub"), "utf8").split("+");
  return { folder, origin, privateKey };
}

async function intents(folder: string): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of readAudit(folder)) if (entry.record?.type === "intent") found.push(entry);
  return found;
}

function bytesOf(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "latin1"))
    .join("\n");
}

describe("sealed arguments", () => {
  it("come back with the private key, and only with that one", async () => {
    const { folder, origin, privateKey } = await sealedLog();
    const entries = await intents(folder);
    expect(entries.map((entry) => unsealArguments(entry, origin, privateKey))).toEqual(
      entries.map((_, n) => argsOf(n)),
    );
    const [entry] = entries;
    if (entry === undefined) throw new Error("nothing was recorded");
    for (const wrong of [makeSealKey().privateKey, makeSealKey().publicKey, "", "-----BEGIN PRIVATE KEY-----"])
      expect(() => unsealArguments(entry, origin, wrong)).toThrow(expect.objectContaining({ code: "audit_key" }));
    const ed = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    expect(() => unsealArguments(entry, origin, ed)).toThrow("no private key for sealed arguments");
  });

  it("are never on disk without encryption, with a key or without one", async () => {
    const { folder } = await sealedLog();
    expect(bytesOf(folder)).not.toContain(SECRET);
    const plain = join(temporaryFolder(true), "audit");
    const log = await fileAudit(plain);
    expect(log.sealing).toBe(false);
    await append(log, 1);
    await log.close();
    expect(bytesOf(plain)).not.toContain(SECRET);
    expect((await intents(plain)).map(({ sealed }) => sealed)).toEqual([undefined]);
  });

  it("belong to their record: a byte changed, one exchanged for another's, or taken away is found", async () => {
    const { folder, origin, privateKey } = await sealedLog(3);
    const path = join(folder, "log.jsonl");
    const lines = readFileSync(path, "utf8").split("\n");
    const [first = "", second = ""] = lines;
    const [, sealedFirst = ""] = first.split("\t");
    const [record = "", sealedSecond = ""] = second.split("\t");
    const flipped = sealedSecond.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const [changed, code] of [
      [`${record}\t${flipped}`, "edited"],
      [`${record}\t${sealedFirst}`, "edited"],
      [`${record}\t`, "edited"],
      [`${record}\t${sealedSecond}\t`, "edited"],
      [record, "erased"],
    ]) {
      writeFileSync(path, lines.with(1, changed ?? "").join("\n"));
      expect((await verifyAudit(folder)).problems).toMatchObject([{ code, seq: 1 }]);
    }
    writeFileSync(path, lines.join("\n"));
    const [one, two] = await intents(folder);
    if (one === undefined || two === undefined) throw new Error("two were recorded");
    const swapped = { ...two, sealed: one.sealed };
    expect(() => unsealArguments(swapped, origin, privateKey)).toThrow("does not open");
    expect(() => unsealArguments(two, `${origin}x`, privateKey)).toThrow("does not open");
  });

  it("are left out where the record shows the arguments whole", async () => {
    const { folder, origin, privateKey } = await sealedLog(1);
    const log = await fileAudit(folder, { sealTo: join(folder, "../seal.pub") });
    const args = { to: "a@example.com" };
    await log.append(intentRecord(9, { args: { digest: digest(args), masked: args } }), { durable: true, args });
    await log.close();
    const last = (await intents(folder)).at(-1);
    expect(last?.sealed).toBeUndefined();
    expect(last !== undefined && unsealArguments(last, origin, privateKey)).toBeUndefined();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
  });

  it("are refused when they are not those of the digest, too large, or the caller names them", async () => {
    const { folder } = await sealedLog(1);
    const log = await fileAudit(folder, { sealTo: join(folder, "../seal.pub") });
    const refusal = async (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
    const wrong = log.append(intentRecord(2), { durable: true, args: { other: 1 } });
    expect(await refusal(wrong)).toMatchObject({ code: "record_invalid" });
    const large = { body: "x".repeat(2_000_000) };
    const body = intentRecord(3, { args: { digest: digest(large), masked: { body: "<Text>" } } });
    expect(await refusal(log.append(body, { durable: true, args: large }))).toMatchObject({ code: "record_too_large" });
    const named = { ...intentRecord(4), args: { ...intentRecord(4).args, sealed: "sha256:0" } };
    expect(await refusal(log.append(named, { durable: true }))).toMatchObject({ code: "record_invalid" });
    await append(log, 5);
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
  });

  it("need a public key that is one: the log does not open otherwise", async () => {
    const place = temporaryFolder(true);
    const { privateKey } = makeSealKey();
    writeFileSync(join(place, "private"), privateKey);
    writeFileSync(join(place, "none"), "no key");
    for (const [name, said] of [
      ["private", "is a private one"],
      ["none", "no public key"],
      ["gone", "is missing"],
    ] as const)
      await expect(fileAudit(join(place, "audit"), { sealTo: join(place, name) })).rejects.toThrow(said);
    const log = await fileAudit(join(place, "audit")); // nothing is left locked
    await log.close();
  });
});

describe("the encryption (RFC 9180)", () => {
  it("is opened by an independent implementation, message after message", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("x25519");
    const suite = new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes256Gcm(),
    });
    const sender = new HpkeSender(publicKey, "info");
    const jwk = privateKey.export({ format: "jwk" });
    const raw = Uint8Array.from(Buffer.from(jwk.d ?? "", "base64url")).buffer;
    const recipientKey: unknown = await suite.kem.importKey("raw", raw, false);
    if (!types.isCryptoKey(recipientKey)) throw new Error("the key was not read");
    const recipient = await suite.createRecipientContext({
      recipientKey,
      enc: Uint8Array.from(sender.encapsulated).buffer,
      info: new TextEncoder().encode("info").buffer,
    });
    for (let n = 0; n < 300; n += 1) {
      const [plain, associated] = [Buffer.from(canonicalize(argsOf(n))), Buffer.from(`aad ${n}`)];
      const sealed = sender.seal(plain, associated);
      const opened = await recipient.open(Uint8Array.from(sealed).buffer, Uint8Array.from(associated).buffer);
      expect(Buffer.from(opened).equals(plain)).toBe(true);
      const message = { encapsulated: sender.encapsulated, sequence: n, sealed, associated, info: "info" };
      expect(hpkeOpen(createPrivateKey({ key: jwk, format: "jwk" }), message).equals(plain)).toBe(true);
      expect(() => hpkeOpen(privateKey, { ...message, sequence: n + 1 })).toThrow("authenticate");
      expect(() => hpkeOpen(privateKey, { ...message, info: "other" })).toThrow("authenticate");
    }
  });
});
