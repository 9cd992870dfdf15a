import { join } from "node:path";
import { memoryAudit, memoryStore } from "@writ/runtime";
import { fileAudit, fileStore } from "@writ/runtime/node";
import { describe, it } from "vitest";
import { auditSinkCases } from "../src/suites/audit-sink.js";
import { stateStoreCases } from "../src/suites/state-store.js";
import { temporaryFolder } from "./temporary.js";

describe("memoryAudit", () => {
  for (const { name, run } of auditSinkCases(async () => ({ persistent: false, open: async () => memoryAudit() }))) it(name, run);
});

describe("fileAudit", () => {
  const make = async () => {
    const folder = join(temporaryFolder(), "audit");
    return { persistent: true, open: () => fileAudit(folder) };
  };
  for (const { name, run } of auditSinkCases(make)) it(name, run);
});

describe("memoryStore", () => {
  for (const { name, run } of stateStoreCases(async () => ({ persistent: false, open: async () => memoryStore() }))) it(name, run);
});

describe("fileStore", () => {
  const make = async () => {
    const folder = join(temporaryFolder(), "state");
    return { persistent: true, open: () => fileStore(folder) };
  };
  for (const { name, run } of stateStoreCases(make)) it(name, run);
});
