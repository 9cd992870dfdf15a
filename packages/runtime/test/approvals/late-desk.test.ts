import { afterEach, describe, expect, it, vi } from "vitest";
import { LateDesk } from "../../src/approvals/late-desk.js";
import { createGuard, loadProgram, memoryAudit, memoryStore, systemClock } from "../../src/index.js";
import { allow, ask, bundle, tool } from "../bundle.js";

const DESK = "../../src/approvals/desk.js";
const silent = bundle([tool("read", [])], [allow("all", ["read"])]);
const asking = bundle([tool("read", [])], [ask("people", ["read"])]);

async function late(): Promise<LateDesk> {
  return new LateDesk({
    program: await loadProgram(silent),
    audit: memoryAudit(),
    state: memoryStore(),
    clock: systemClock,
  });
}

describe("a desk that is read when it is needed", () => {
  afterEach(() => {
    vi.doUnmock(DESK);
    vi.resetModules();
  });

  it("is one, however many ask for it at once", async () => {
    const desk = await late();
    const [a, b] = await Promise.all([desk.load(), desk.load(), desk.list()]);
    expect(a).toBe(b);
  });

  it("has nobody wait once it is closed, also where it was closed before it was read", async () => {
    const desk = await late();
    desk.close();
    expect(await desk.wait("a_none")).toBeUndefined();
    expect(await desk.list()).toEqual([]);
    expect(await desk.remembered()).toEqual([]);
  });

  it("that cannot be read grants nothing, and is tried again", async () => {
    vi.doMock(DESK, () => {
      throw new Error("the disk is gone");
    });
    const desk = await late();
    await expect(desk.get("a_1")).rejects.toThrow(Error);
    await expect(desk.list()).rejects.toThrow(Error);
    await expect(createGuard({ policy: asking, audit: memoryAudit(), state: memoryStore() })).rejects.toThrow(Error);
    await expect(createGuard({ policy: silent, audit: memoryAudit(), state: memoryStore() })).resolves.toBeDefined();
    vi.doUnmock(DESK);
    vi.resetModules();
    expect(await desk.list()).toEqual([]);
  });
});
