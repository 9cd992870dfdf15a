import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bubblewrap, landlock } from "../src/backends/process/process-backend.js";
import { wasmBackend } from "../src/backends/wasm/wasm.js";
import type { Probe } from "../src/backend.js";
import { ESCAPE_LIST, escaped, escapeTable, tryEscapes } from "../src/escape/index.js";
import { bare } from "./bare-backend.js";

/** `protocol` is the descriptor of a runner's frames; in a Wasm instance there is none. Engines: escape.engines.ts. */
const tiers = [
  { name: "process by bubblewrap", backend: bubblewrap(), protocol: 3 },
  { name: "process by landlock", backend: landlock(), protocol: 3 },
  { name: "wasm", backend: wasmBackend(), protocol: undefined },
];

describe.each(tiers)("the escape list in $name", ({ name, backend, protocol }) => {
  let probe: Probe;
  beforeAll(async () => {
    probe = await backend.probe();
  }, 120_000);

  test("lesson 15: all that the tier claims to stop is stopped", { timeout: 600_000 }, async (context) => {
    if (!probe.ok) context.skip(`${name}: ${probe.why}`);
    const rows = await tryEscapes(backend, { protocol });
    console.log(escapeTable(name, rows));
    expect(escaped(rows)).toEqual([]);
  });
});

describe("the escape list where a folder of the host is mounted", () => {
  // Root's number outside is root's number inside then, and what belongs to root is within reach.
  test("nothing of it gets out of a box of bubblewrap", { timeout: 300_000 }, async (context) => {
    const backend = bubblewrap({ permissionModel: false });
    const probe = await backend.probe();
    if (!probe.ok) context.skip(`process by bubblewrap: ${probe.why}`);
    const attacks = ESCAPE_LIST.filter(({ area, limits }) => area !== "results" && limits === undefined);
    const rows = await tryEscapes(backend, { attacks, mounted: true, protocol: 3 });
    console.log(escapeTable("process by bubblewrap, with a folder mounted, without Node's permission model", rows));
    expect(escaped(rows)).toEqual([]);
  });
});

/** Attacks that do no harm to a machine where they succeed. */
const HARMLESS = [
  "host-secrets",
  "environment",
  "proc-root",
  "sqlite-attach",
  "planted-link",
  "own-link",
  "leave-mount",
  "node-internals",
  "loopback",
  "udp",
  "unix-path",
  "unix-abstract",
  "see",
  "privileges",
  "other-sandbox",
  "daemon",
  "memory-bomb",
  "descriptor-bomb",
  "plant-set-id",
  ...(process.getuid?.() === 0 ? ["kernel-settings", "device-modes"] : []),
];

describe("where there are no walls", () => {
  afterAll(async () => {
    for (const path of ["/tmp/left", "/dev/shm/left"]) await rm(path, { force: true });
  });

  test("the list finds it: each of these attacks gets out", { timeout: 120_000 }, async () => {
    const attacks = ESCAPE_LIST.filter(({ id }) => HARMLESS.includes(id));
    const rows = await tryEscapes(bare, {
      attacks: [...attacks, ...attacks.filter(again)],
      languages: ["javascript"],
      protocol: 3,
    });
    const found = new Set(rows.filter((row) => !row.held).map((row) => row.id));
    expect([...found].toSorted()).toEqual(HARMLESS.toSorted());
  });
});

/** Finds only what an earlier sandbox left. */
function again({ id }: { id: string }): boolean {
  return id === "other-sandbox";
}
