import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { memoryAudit, memoryStore } from "@writ/runtime";
import { fileAudit, fileStore, makeSealKey } from "@writ/runtime/node";
import { describe, expect, it } from "vitest";
import { auditSinkCases } from "../src/suites/audit-sink.js";
import { stateStoreCases } from "../src/suites/state-store.js";
import { temporaryFolder } from "./temporary.js";

describe("memoryAudit", () => {
  it.each(auditSinkCases(async () => ({ persistent: false, open: async () => memoryAudit() })))(
    "$name",
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});

describe("fileAudit that seals arguments, in small files", () => {
  const place = async () => {
    const folder = temporaryFolder();
    const sealTo = join(folder, "seal.pub");
    writeFileSync(sealTo, makeSealKey().publicKey);
    const open = () => fileAudit(join(folder, "audit"), { sealTo, rotate: { bytes: 5000 } });
    return { persistent: true, open };
  };
  // Further files begin with records of the log's own, so numbers given to a caller may skip one.
  const numbered = /without gaps|the order of appends|re-opening/;
  it.each(auditSinkCases(place).filter(({ name }) => !numbered.test(name)))("$name", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe("fileAudit", () => {
  const make = async () => {
    const folder = join(temporaryFolder(), "audit");
    return { persistent: true, open: () => fileAudit(folder) };
  };
  it.each(auditSinkCases(make))("$name", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe("memoryStore", () => {
  it.each(stateStoreCases(async () => ({ persistent: false, open: async () => memoryStore() })))(
    "$name",
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );
});

describe("fileStore", () => {
  const make = async () => {
    const folder = join(temporaryFolder(), "state");
    return { persistent: true, shared: true, open: () => fileStore(folder) };
  };
  it.each(stateStoreCases(make))("$name", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
