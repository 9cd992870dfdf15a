import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "@writ/ir";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { encodeRecord } from "../src/audit/encode-record.js";
import { quickOutcome } from "../src/audit/quick-record.js";
import { createGuard, memoryAudit, memoryStore } from "../src/index.js";
import type { AuditSink } from "../src/ports/audit-sink.js";
import { readLine } from "../src/audit/stored-line.js";
import { fileAudit } from "../src/node/index.js";
import { temporaryFolder } from "./node/temporary.js";
import { allow, flow, id, labelledBundle, text, tool } from "./flow/labelled.js";
import { forbid, unknown } from "./bundle.js";
import { runs } from "./runs.js";

/** A log as a host might put around another: records reach it as objects. */
function wrapped(log: AuditSink): AuditSink {
  const { location, durability, doubtful } = log;
  return {
    location,
    durability,
    doubtful,
    append: (body, options) => log.append(body, options),
    close: () => log.close(),
  };
}

const note = { name: "note", type: text, optional: true } as const;
const policy = labelledBundle(
  [
    tool("page", [note], { result: text, labels: ["pii"] }),
    tool("pay", [{ name: "to", type: id }, note], { effects: ["pay"] }),
    tool("never", [note]),
  ],
  [
    allow("ok", ["page", "pay", "never"]),
    allow("too", ["page"], undefined, {
      limits: [{ kind: "calls", count: 100, window: "session", by: [], at: [0, 0, 0, 1, 1] }],
    }),
    forbid("no", ["never"], unknown),
    flow("f", ["pay"], [["untrusted"]], "forbid"),
  ],
  { taint: "value" },
);

/** What stands in the log for these calls, but for what no two runs share. */
async function recorded(
  agent: { readonly [claim: string]: Json },
  wrap: (log: AuditSink) => AuditSink,
  { audit, records }: Kept = inMemory(),
): Promise<readonly unknown[]> {
  const clock = { time: 1_700_000_000_000, now: () => (clock.time += 1) };
  const guard = await createGuard({ policy, audit: wrap(audit), state: memoryStore(), clock });
  const session = await guard.session({ user: { id: "u" }, agent });
  session.heard("user", "pay bob_7");
  const results: readonly unknown[] = ["text of eve_1", null, undefined, 7, { a: [1, "é\u2028"] }, () => 1, "\ud800"];
  for (const [i, result] of results.entries()) {
    await session.call({ tool: "page", args: { note: `a "note" ${i} \u2028 é` } }, () => result);
    await session.call({ tool: "page", args: {}, callId: `c ${i}` }, () => result);
  }
  await session.call({ tool: "page", args: {} }, () => Promise.reject(new TypeError("secret")));
  for (const to of ["bob_7", "eve_1", "nobody"]) await session.call({ tool: "pay", args: { to } }, () => "paid");
  await session.call({ tool: "never", args: {} }, () => 1);
  await session.call({ tool: "none", args: {} }, () => 1);
  await session.call({ tool: "pay", args: { to: 7 } }, () => 1);
  await session.reply("it is done");
  await guard.close();
  return records().map(alike());
}

interface Kept {
  readonly audit: AuditSink;
  readonly records: () => readonly Readonly<Record<string, unknown>>[];
}

function inMemory(): Kept {
  const audit = memoryAudit();
  return { audit, records: () => read(audit.text()) };
}

async function inFiles(): Promise<Kept> {
  const folder = join(temporaryFolder(), "log");
  return { audit: await fileAudit(folder), records: () => read(readFileSync(join(folder, "log.jsonl"), "utf8")) };
}

/** The records of a log, each of which has to be canonical and to have the hash that is written before it. */
function read(log: string): readonly Readonly<Record<string, unknown>>[] {
  return log
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const stored = readLine(new TextEncoder().encode(line), true);
      if (stored.kind !== "record") throw new Error(stored.kind);
      return stored.record;
    });
}

/** Names what is drawn anew in each run by the order in which it comes, and leaves out how long a tool ran. */
function alike(): (record: Readonly<Record<string, unknown>>) => unknown {
  const names = new Map<string, string>();
  return (record) => {
    const json = JSON.stringify({ ...record, prev: "", ...("ms" in record ? { ms: 0 } : {}) });
    const shown: unknown = JSON.parse(
      json.replace(/\b[cs]_[0-9a-f]{32}\b/g, (drawn) => {
        const known = names.get(drawn) ?? `drawn ${names.size}`;
        names.set(drawn, known);
        return known;
      }),
    );
    return shown;
  };
}

test.each([
  ["one that acts by itself", {}],
  ["one in a chain", { id: "leaf", chain: ["root"] }],
])(
  "lesson 11: the log holds the same of every call, whether it takes records as objects or encoded: %s",
  async (_, agent) => {
    const quick = await recorded(agent, (log) => log);
    expect(quick).toEqual(await recorded(agent, wrapped));
    expect(quick.length).toBeGreaterThan(30);
    expect(await recorded(agent, (log) => log, await inFiles())).toEqual(quick);
    expect(await recorded(agent, wrapped, await inFiles())).toEqual(quick);
  },
);

test("an outcome written quickly says the labels that it was given, also where a list came before with others in it", () => {
  const list = fc.array(fc.constantFrom("pii", "untrusted", 'with "quotes"', "", "a"), { maxLength: 4 });
  fc.assert(
    fc.property(list, fc.array(list, { maxLength: 6 }), (shared, given) => {
      const changing: string[] = [...shared];
      for (const names of [...given, changing, changing, given[0] ?? []]) {
        if (names === changing && changing.length > 0) changing[0] = `${changing[0] ?? ""}x`;
        const made = { at: 1, session: "s", call: "c", tool: "t", ms: 0.5 } as const;
        const slow = (): unknown =>
          encodeRecord({ ...made, type: "outcome", status: "done", ...(names.length === 0 ? {} : { labels: names }) });
        const quick = (): unknown => quickOutcome({ ...made, digest: undefined, labels: names });
        if (names.includes("")) {
          expect(slow).toThrow("must not be empty");
          expect(quick).toThrow("must not be empty");
        } else expect(quick()).toEqual(slow());
      }
    }),
    { numRuns: runs(4000) },
  );
});
