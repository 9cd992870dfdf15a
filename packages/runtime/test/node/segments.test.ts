import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileAudit, readAudit, verifyAudit, type FileAudit, type FileAuditOptions } from "../../src/node/index.js";
import { intentRecord, outcomeRecord, policyRecord } from "../audit/records.js";
import { temporaryFolder } from "./temporary.js";

const durable = { durable: true };
const small: FileAuditOptions = { rotate: { bytes: 3000 } };

function segments(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted((a, b) => (a === "log.jsonl" ? -1 : b === "log.jsonl" ? 1 : a.localeCompare(b)));
}

async function fill(log: FileAudit, from: number, calls: number): Promise<void> {
  for (let i = from; i < from + calls; i += 1) {
    await log.append(intentRecord(i), durable);
    await log.append(outcomeRecord(i), durable);
  }
}

async function rotated(calls = 20): Promise<string> {
  const folder = join(temporaryFolder(true), "audit");
  const log = await fileAudit(folder, small);
  await fill(log, 0, calls);
  await log.close();
  expect(segments(folder).length).toBeGreaterThan(3);
  return folder;
}

async function count(folder: string): Promise<number> {
  let records = 0;
  for await (const { seq } of readAudit(folder)) {
    expect(seq).toBe(records);
    records += 1;
  }
  return records;
}

async function codes(folder: string): Promise<string[]> {
  return (await verifyAudit(folder)).problems.map(({ code }) => code);
}

describe("a log in segments", () => {
  it("begins a further file past a size, in one chain and one tree", async () => {
    const folder = await rotated();
    const names = segments(folder);
    const verified = await verifyAudit(folder);
    expect(verified).toMatchObject({ ok: true, unsigned: 0, checkpoint: { verified: true } });
    expect(verified.records).toBe(40 + names.length - 1);
    expect(await count(folder)).toBe(verified.records);
    for (const name of names.slice(1)) {
      const [line = ""] = readFileSync(join(folder, name), "utf8").split("\n");
      const { type, seq } = JSON.parse(line.slice(65)) as { type: string; seq: number };
      expect({ type, seq }).toEqual({ type: "segment", seq: Number(name.slice(4, 19)) });
    }
  });

  it("begins a further file past an age, by the host's clock, whatever that does", async () => {
    const folder = join(temporaryFolder(true), "audit");
    let time: number | undefined = 1000;
    const clock = {
      now: (): number => {
        if (time === undefined) throw new Error("no clock");
        return time;
      },
    };
    const log = await fileAudit(folder, { clock, rotate: { age: 500 } });
    await log.append(intentRecord(0), durable);
    for (const [next, files] of [
      [1400, 1],
      [1500, 2],
      [0, 2],
      [Number.NaN, 2],
    ] as const) {
      time = next;
      await log.append(outcomeRecord(0), durable);
      await log.append(outcomeRecord(0), durable);
      expect(segments(folder), `at ${next}`).toHaveLength(files);
    }
    time = undefined;
    await log.append(outcomeRecord(0), durable);
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
  });

  it("opens by its last file alone, and goes on", async () => {
    const folder = await rotated();
    const before = await count(folder);
    const [first = ""] = segments(folder);
    const aside = join(folder, "..", "aside");
    renameSync(join(folder, first), aside);
    const log = await fileAudit(folder, small);
    expect((await log.append(intentRecord(99), durable)).seq).toBe(before);
    await log.close();
    expect(await codes(folder)).toContain("missing");
    renameSync(aside, join(folder, first));
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
  });

  it("knows calls without an outcome from files that it does not read", async () => {
    const folder = join(temporaryFolder(true), "audit");
    const log = await fileAudit(folder, small);
    await log.append(policyRecord(), durable);
    await log.append(intentRecord(1000), durable);
    await fill(log, 0, 20);
    await log.close();
    const again = await fileAudit(folder, small);
    expect(again.doubtful).toMatchObject([{ call: "c_1000", seq: 1, tool: "payments.refund" }]);
    await again.append(outcomeRecord(1000), durable);
    await fill(again, 20, 20);
    await again.close();
    const last = await fileAudit(folder, small);
    expect(last.doubtful).toEqual([]);
    await last.close();
  });

  it("knows from an earlier file that the policy only watches", async () => {
    const folder = join(temporaryFolder(true), "audit");
    const log = await fileAudit(folder, small);
    await log.append({ ...policyRecord(), mode: "shadow" }, durable);
    await fill(log, 0, 20);
    await log.append(intentRecord(1, { call: "c_forbidden", effect: "forbid" }), durable);
    await log.close();
    const again = await fileAudit(folder, small);
    expect(again.doubtful).toMatchObject([{ call: "c_forbidden" }]);
    await again.close();
  });

  it("waits with a further file while more calls are open than its first record can name", async () => {
    const folder = join(temporaryFolder(true), "audit");
    const log = await fileAudit(folder, small);
    await Promise.all(Array.from({ length: 1001 }, (_, i) => log.append(intentRecord(i), { durable: false })));
    expect(segments(folder)).toHaveLength(1);
    await log.append(outcomeRecord(0), durable);
    await log.append(intentRecord(0, { effect: "forbid", message: "m".repeat(60_000) }), durable);
    for (let i = 0; i < 40; i += 1)
      await log.append(intentRecord(0, { effect: "forbid", message: "m".repeat(60_000) }), durable);
    expect(segments(folder).length).toBeGreaterThan(1);
    await log.close();
    const again = await fileAudit(folder, small);
    expect(again.doubtful).toHaveLength(1000);
    await again.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
  });

  it("continues a folder of one file", async () => {
    const folder = join(temporaryFolder(true), "audit");
    const log = await fileAudit(folder);
    await fill(log, 0, 30);
    await log.close();
    expect(segments(folder)).toEqual(["log.jsonl"]);
    const again = await fileAudit(folder, small);
    await fill(again, 30, 10);
    await again.close();
    expect(segments(folder).length).toBeGreaterThan(2);
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
  });

  it("lesson 11: names what was done to any of its files", async () => {
    const change = async (work: (folder: string, names: string[]) => void): Promise<string[]> => {
      const folder = await rotated();
      work(folder, segments(folder));
      return codes(folder);
    };
    const at = (folder: string, name: string | undefined): string => join(folder, name ?? "");
    expect(await change((folder, names) => unlinkSync(at(folder, names[1])))).toEqual(["missing"]);
    expect(await change((folder, names) => unlinkSync(at(folder, names.at(-1))))).toEqual(["truncated"]);
    expect(
      await change((folder, [a, b]) => {
        copyFileSync(at(folder, a), at(folder, "x"));
        copyFileSync(at(folder, b), at(folder, a));
        copyFileSync(at(folder, "x"), at(folder, b));
      }),
    ).toContain("out_of_order");
    expect(await change((folder, names) => appendFileSync(at(folder, names[0]), "torn"))).toEqual(["torn"]);
    expect(
      await change((folder, names) => {
        const bytes = readFileSync(at(folder, names[1]));
        bytes[200] = (bytes[200] ?? 0) ^ 1;
        writeFileSync(at(folder, names[1]), bytes);
      }),
    ).toEqual(["edited"]);
  });

  it("names the file and the line in it", async () => {
    const folder = await rotated();
    const [, second = ""] = segments(folder);
    const path = join(folder, second);
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, lines.with(2, `${lines[2] ?? ""} `).join("\n"));
    const { problems } = await verifyAudit(folder);
    expect(problems).toMatchObject([{ code: "edited", file: second, line: 3, seq: Number(second.slice(4, 19)) + 2 }]);
  });

  it("is signed to the end when it is closed, whatever was still on its way", async () => {
    for (let records = 1; records < 40; records += 3) {
      const folder = join(temporaryFolder(true), "audit");
      const log = await fileAudit(folder, { rotate: { bytes: 1 } });
      const open = Array.from({ length: records }, (_, i) => log.append(intentRecord(i), { durable: i % 2 === 0 }));
      if (records % 2 === 0) await open[0];
      await log.close();
      await Promise.all(open);
      expect(await verifyAudit(folder)).toMatchObject({ ok: true, unsigned: 0 });
    }
  });

  it("refuses options that would be no rotation", async () => {
    for (const rotate of [{ bytes: 0 }, { age: -1 }, { bytes: Number.NaN }])
      await expect(fileAudit(join(temporaryFolder(true), "audit"), { rotate })).rejects.toThrow(RangeError);
  });
});

describe("a crash around the beginning of a segment", () => {
  it("takes a last file without a whole record away, and says so", async () => {
    for (const left of ["", "0123", `${"0".repeat(64)} {"at":1,`]) {
      const folder = await rotated();
      const records = await count(folder);
      const next = join(folder, `log.${String(records).padStart(15, "0")}.jsonl`);
      writeFileSync(next, left);
      const log = await fileAudit(folder, small);
      await fill(log, 0, 3);
      await log.close();
      expect(existsSync(next) && readFileSync(next, "utf8") === left).toBe(false);
      expect(await verifyAudit(folder)).toMatchObject({ ok: true });
      const told: unknown[] = [];
      for await (const { record } of readAudit(folder, { from: records }))
        if (record?.type === "incident") told.push(record.code);
      expect(told).toEqual(left === "" ? [] : ["audit.repaired"]);
    }
  });

  it("cuts an incomplete last line of the last file, and never touches those before", async () => {
    const folder = await rotated();
    const names = segments(folder);
    const before = readFileSync(join(folder, names[0] ?? ""), "utf8");
    appendFileSync(join(folder, names.at(-1) ?? ""), "0123456789");
    const log = await fileAudit(folder, small);
    expect(log.repaired).toEqual({ bytes: 10 });
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
    expect(readFileSync(join(folder, names[0] ?? ""), "utf8")).toBe(before);
  });

  it("reads all of it where the checkpoint is older than the last file", async () => {
    const folder = join(temporaryFolder(true), "audit");
    const log = await fileAudit(folder, small);
    await log.append(intentRecord(1000), durable);
    await fill(log, 0, 1);
    await log.close();
    const early = readFileSync(join(folder, "checkpoint"));
    const again = await fileAudit(folder, small);
    await fill(again, 1, 20);
    await again.close();
    const late = readFileSync(join(folder, "checkpoint"));
    writeFileSync(join(folder, "checkpoint"), early);
    const third = await fileAudit(folder, small);
    expect(third.doubtful).toMatchObject([{ call: "c_1000" }]);
    await third.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
    expect(await verifyAudit(folder, { checkpoint: late.toString() })).toMatchObject({ ok: true });
  });

  it("refuses a last file whose first record does not say what came before", async () => {
    const folder = await rotated();
    const last = segments(folder).at(-1) ?? "";
    const path = join(folder, last);
    const other = await rotated(21);
    copyFileSync(join(other, last), path);
    await expect(fileAudit(folder, small)).rejects.toMatchObject({ code: "audit_corrupt" });
  });
});

it("verifies whatever the sizes, the batches and the restarts were", async () => {
  const run = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 900 })), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5000 }), run, async (bytes, runs) => {
      const folder = join(temporaryFolder(true), "audit");
      let appended = 0;
      for (const [records, length] of runs) {
        const log = await fileAudit(folder, { rotate: { bytes } });
        await Promise.all(
          Array.from({ length: records }, async (_, i) => {
            const body = { type: "incident", at: i, code: "c", message: "m".repeat(length) } as const;
            await log.append(body, { durable: i % 2 === 0 });
          }),
        );
        appended += records;
        await log.close();
        expect(await verifyAudit(folder)).toMatchObject({ ok: true, unsigned: 0 });
      }
      if (runs.length > 0) expect(await count(folder)).toBe(appended + segments(folder).length - 1);
    }),
    { numRuns: 40 },
  );
});
