import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileAudit, makeSealKey, readAudit, unsealArguments, verifyAudit } from "../../src/node/index.js";
import { allow, bundle, tool } from "../bundle.js";
import { bench } from "../guard-bench.js";
import { temporaryFolder } from "./temporary.js";

const send = tool(
  "send",
  [
    { name: "to", type: { kind: "Id" } },
    { name: "body", type: { kind: "Text" } },
  ],
  { effects: ["egress"] },
);
const SECRET = "meet me at the quiet place";

describe("a guard over a log that seals", () => {
  it("keeps the whole arguments of each call, allowed or refused, for the operator's key alone", async () => {
    const place = temporaryFolder(true);
    const folder = join(place, "audit");
    const { privateKey, publicKey } = makeSealKey();
    writeFileSync(join(place, "seal.pub"), publicKey);
    const audit = await fileAudit(folder, { sealTo: join(place, "seal.pub") });
    const policy = bundle([send, tool("shout", send.params)], [allow("sends", ["send"])]);
    const made = await bench(policy, { audit });
    const ann = await made.session();
    for (const name of ["send", "shout"])
      await ann.call({ tool: name, args: { to: "bob", body: SECRET } }, async () => null);
    await audit.close();
    expect(readdirSync(folder).some((name) => readFileSync(join(folder, name), "utf8").includes(SECRET))).toBe(false);
    const [origin = ""] = readFileSync(join(folder, "log.pub"), "utf8").split("+");
    const seen: unknown[] = [];
    for await (const entry of readAudit(folder)) {
      if (entry.record?.type === "intent") seen.push([entry.record.effect, unsealArguments(entry, origin, privateKey)]);
    }
    const args = { to: "bob", body: SECRET };
    expect(seen).toEqual([
      ["allow", args],
      ["forbid", args],
    ]);
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
  });
});

describe("lesson 12: a log on disk", () => {
  it("lesson 12: has refused, failed, timed-out and aborted calls like the others", async () => {
    const folder = join(temporaryFolder(true), "audit");
    const audit = await fileAudit(folder);
    const policy = bundle([send, tool("shout", send.params)], [allow("sends", ["send"])]);
    const made = await bench(policy, { audit });
    const ann = await made.session();
    const args = { to: "bob", body: "hello" };
    await ann.call({ tool: "send", args }, async () => null);
    await ann.call({ tool: "send", args }, async () => {
      throw new Error("no line");
    });
    await ann.call({ tool: "shout", args }, async () => null);
    await ann.call({ tool: "unknown", args }, async () => null);
    await ann.call({ tool: "send", args: { to: 1 } }, async () => null);
    // Aborted while it runs, and one that takes longer than it may.
    const abort = new AbortController();
    const never = async (): Promise<null> => {
      abort.abort();
      return new Promise(() => undefined);
    };
    await ann.call({ tool: "send", args, signal: abort.signal }, never);
    await ann.call({ tool: "send", args }, async () => new Promise<null>(() => undefined));
    await audit.close();
    const seen: string[] = [];
    for await (const { record } of readAudit(folder)) {
      if (record?.type === "intent") seen.push(`${record.tool} ${record.effect}`);
      if (record?.type === "outcome") seen.push(`${record.tool} ${record.status}`);
    }
    expect(seen).toEqual([
      "send allow",
      "send done",
      "send allow",
      "send failed",
      "shout forbid",
      "unknown forbid",
      "send forbid",
      "send allow",
      "send aborted",
      "send allow",
      "send timeout",
    ]);
  });
});
