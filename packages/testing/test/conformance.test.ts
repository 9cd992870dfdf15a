import { join } from "node:path";
import { memoryAudit, memoryStore } from "@writ/runtime";
import { fileAudit, fileStore } from "@writ/runtime/node";
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
