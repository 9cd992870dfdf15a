import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeRecord } from "../../src/audit/encode-record.js";
import { memoryAudit } from "../../src/audit/memory-audit.js";
import { heldAudit } from "../../src/faults/held-audit.js";
import { heldState } from "../../src/faults/held-state.js";
import { append, placing, promptly } from "../../src/faults/prompt.js";
import { fileAudit } from "../../src/node/index.js";
import { temporaryFolder } from "../node/temporary.js";
import type { RecordBody } from "../../src/audit/record.js";
import { memoryStore } from "../../src/state/memory-store.js";

const body: RecordBody = { type: "incident", at: 1, code: "test", message: "hello" };

test("a store in memory answers at once, what it answers as a promise", async () => {
  const store = memoryStore();
  const now = promptly(heldState(store, 1000));
  await store.compareAndSet("a", undefined, 7);
  expect(now?.get("a")).toEqual(await store.get("a"));
  expect(now?.reserve("c", [{ key: "k", count: 1, window: "session" }], 5)).toEqual({ ok: true });
  expect(now?.reserve("d", [{ key: "k", count: 1, window: "session" }], 5)).toMatchObject({ ok: false, index: 0 });
  expect(() => now?.reserve("", [], -1)).toThrow(expect.objectContaining({ name: "StateError" }));
});

test("a store that was wrapped, copied or changed is asked as every other", () => {
  const store = memoryStore();
  expect(promptly(heldState({ ...store }, 1000))).toBeUndefined();
  expect(promptly(heldState(new Proxy(store, {}), 1000))).toBeUndefined();
  const held = heldState(store, 1000);
  expect(promptly(held)).toBeDefined();
  store.get = () => Promise.reject(new Error("it is broken"));
  expect(promptly(held)).toBeUndefined();
  for (const name of ["compareAndSet", "append", "read"] as const) {
    const other = memoryStore();
    const kept = heldState(other, 1000);
    Object.assign(other, { [name]: () => Promise.reject(new Error("it is broken")) });
    expect(promptly(kept)).toBeUndefined();
  }
});

test("a store in memory sets, appends and reads at once, and refuses at once what it does not take", async () => {
  const store = memoryStore();
  const now = promptly(heldState(store, 1000));
  expect([now?.compareAndSet("a", undefined, 7), now?.compareAndSet("a", undefined, 8)]).toEqual([true, false]);
  expect((await store.get("a"))?.value).toBe(7);
  const value = { of: ["x"] };
  const first = now?.append("log", [value]);
  value.of.push("changed later");
  expect(await store.read("log")).toEqual({ values: [{ of: ["x"] }], first, next: (first ?? 0) + 1 });
  expect(now?.read("log", (first ?? 0) + 1)).toEqual({ values: [], first: (first ?? 0) + 1, next: (first ?? 0) + 1 });
  expect(() => now?.append("log", [Number.NaN])).toThrow(expect.objectContaining({ code: "state_invalid" }));
  await store.close();
  expect(() => now?.read("log")).toThrow(expect.objectContaining({ code: "state_closed" }));
});

test("a log in memory takes a record at once; one that was wrapped or changed later is waited for", async () => {
  const log = memoryAudit();
  const held = heldAudit(log, 1000);
  expect(append(held, body, { durable: true })).toMatchObject({ seq: 0 });
  expect(append(heldAudit({ ...log }, 1000), body, { durable: true })).toBeInstanceOf(Promise);
  log.append = () => Promise.reject(new Error("the disk is full"));
  await expect(append(held, body, { durable: true })).rejects.toMatchObject({ name: "AuditError" });
});

test("a log in memory that is closed, or is given what is no record, refuses at once", async () => {
  const log = memoryAudit();
  const held = heldAudit(log, 1000);
  expect(() => append(held, { ...body, at: -1 }, { durable: true })).toThrow(
    expect.objectContaining({ code: "record_invalid" }),
  );
  await log.close();
  expect(() => append(held, body, { durable: true })).toThrow(expect.objectContaining({ code: "audit_closed" }));
});

test("a log in files takes records encoded, within its time; one that seals, is wrapped or changed later wants to see them", async () => {
  const about = { type: "intent", at: 1, session: "s", call: "c", tool: "t", effect: "allow" } as const;
  const folder = temporaryFolder();
  const log = await fileAudit(join(folder, "log"));
  const held = heldAudit(log, 1000);
  const record = encodeRecord(body);
  expect(await placing(held)?.place(record, about, true)).toMatchObject({ seq: 0 });
  expect(placing(heldAudit({ ...log, append: (...made) => log.append(...made) }, 1000))).toBeUndefined();
  await log.close();
  await expect(placing(held)?.place(record, about, true)).rejects.toMatchObject({ code: "audit_closed" });
  log.append = () => Promise.reject(new Error("the disk is full"));
  expect(placing(held)).toBeUndefined();
  const { publicKey } = generateKeyPairSync("x25519");
  writeFileSync(join(folder, "seal.pub"), publicKey.export({ type: "spki", format: "pem" }));
  const sealing = await fileAudit(join(folder, "sealed"), { sealTo: join(folder, "seal.pub") });
  expect(placing(heldAudit(sealing, 1000))).toBeUndefined();
  await sealing.close();
});
