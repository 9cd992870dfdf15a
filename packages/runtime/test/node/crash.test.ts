import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileAudit, fileStore, readAudit, verifyAudit } from "../../src/node/index.js";
import { runAndKill } from "./killed.js";
import { temporaryFolder } from "./temporary.js";

const ROUNDS = 10;
/** A busy machine lets a child do little before it is killed: then it is given longer, and some more rounds. */
const MOST_ROUNDS = 5 * ROUNDS;

describe("lesson 9: a process killed at any point", () => {
  it("loses no record that was acknowledged, and the next process goes on", async () => {
    const folder = join(temporaryFolder(), "audit");
    const acknowledged = new Map<number, string>();
    const segments = () => readdirSync(folder).filter((name) => name.endsWith(".jsonl")).length;
    const enough = () => acknowledged.size > ROUNDS && segments() > 2;
    for (let round = 0; round < ROUNDS || (round < MOST_ROUNDS && !enough()); round += 1) {
      for (const line of await runAndKill("audit", folder, Math.floor((round / ROUNDS) * 40))) {
        const [seq = "", hash = ""] = line.split(" ");
        acknowledged.set(Number(seq), hash);
      }
      const log = await fileAudit(folder); // takes the dead process's lock
      await log.close();
      expect(await verifyAudit(folder)).toMatchObject({ ok: true, unsigned: 0 });
      const hashes: string[] = [];
      for await (const { hash } of readAudit(folder)) hashes.push(hash);
      for (const [seq, hash] of acknowledged) expect(hashes[seq]).toBe(hash);
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS);
    expect(segments()).toBeGreaterThan(2);
  });

  it("loses nothing that the store acknowledged, through compactions too", async () => {
    const folder = join(temporaryFolder(), "state");
    let commits = 0;
    const sets = new Map<string, number>();
    for (let round = 0; round < ROUNDS || (round < MOST_ROUNDS && commits <= ROUNDS); round += 1) {
      for (const line of await runAndKill("state", folder, Math.floor((round / ROUNDS) * 60))) {
        const [what, key = "", value = ""] = line.split(" ");
        if (what === "commit") commits += 1;
        else sets.set(key, Math.max(sets.get(key) ?? 0, Number(value)));
      }
      const store = await fileStore(folder);
      for (const [key, value] of sets) expect((await store.get(key))?.value).toBeGreaterThanOrEqual(value);
      // What was reserved and not committed counts too, so at least the commits are there, and at most 8 more a round.
      const claim = (count: number) => [{ key: "all", count, window: "session" as const }];
      expect((await store.reserve("low", claim(commits), 0)).ok).toBe(false);
      expect((await store.reserve("high", claim(commits + 8 * (round + 1) * 2 + round + 1), 0)).ok).toBe(true);
      await store.release("high");
      await store.close();
    }
    expect(commits).toBeGreaterThan(ROUNDS);
  });
});
