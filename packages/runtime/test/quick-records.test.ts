import type { Json } from "@writ/ir";
import { expect, test } from "vitest";
import { createGuard, memoryAudit, memoryStore } from "../src/index.js";
import type { AuditSink } from "../src/ports/audit-sink.js";
import type { StoredRecord } from "../src/audit/record.js";
import { allow, flow, id, labelledBundle, text, tool } from "./flow/labelled.js";
import { forbid, unknown } from "./bundle.js";

/** A log as a host might put around another: records reach it as objects. */
function wrapped(log: AuditSink): AuditSink {
  return { ...log, append: (body, options) => log.append(body, options) };
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
): Promise<readonly unknown[]> {
  const audit = memoryAudit();
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
  const found = audit.records().map(alike());
  await guard.close();
  return found;
}

/** Names what is drawn anew in each run by the order in which it comes, and leaves out how long a tool ran. */
function alike(): (record: StoredRecord) => unknown {
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
  },
);
