import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { blocks } from "./support/document.js";
import { NOTES, shopLog } from "./support/shop-log.js";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const STAFF = { id: "ann", groups: ["staff"] };

async function shop(): Promise<{ readonly cwd: string; readonly policy: string }> {
  const cwd = temporary();
  const [policy = ""] = await blocks("docs/replay.md", "policy");
  writeFileSync(join(cwd, "shop.policy"), policy);
  writeFileSync(join(cwd, "stricter.policy"), policy.replace("euros <= 100", "euros <= 50"));
  return { cwd, policy };
}

const transfer = (euros: number, more: object = {}): object => ({
  format: "writ.trace/1",
  session: `pay-${euros}`,
  user: STAFF,
  said: ["pay landlord-7"],
  calls: [{ tool: "bank.transfer", args: { to: "landlord-7", euros } }],
  task: { succeeded: true },
  ...more,
});

function write(cwd: string, name: string, ...lines: readonly unknown[]): void {
  writeFileSync(
    join(cwd, name),
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  );
}

describe("writ replay", () => {
  test("a bad line is said with its code, place and what to do; the others are replayed, and it ends with 1", async () => {
    const { cwd } = await shop();
    const nobody = transfer(3, { user: { id: "ann", groups: 7 } });
    write(cwd, "runs.jsonl", transfer(1), "{", transfer(2, { extra: "\u202e" }), nobody, transfer(4));
    const ran = await writ(["replay", "runs.jsonl", "--policy", "shop.policy"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.err.split("\n")).toEqual([
      "runs.jsonl:2: error[not_json]: the document is not JSON in UTF-8 (each line is one JSON object, without a comma behind it)",
      expect.stringMatching(/^runs\.jsonl:3: error\[unknown_key\] extra: /),
      expect.stringMatching(/^runs\.jsonl:4: error\[identity_invalid\] user: .*groups/),
      "",
    ]);
    expect(ran.out).toContain("2 in 2 runs: 2 allowed");
    const json: unknown = JSON.parse(
      (await writ(["replay", "runs.jsonl", "--policy", "shop.policy", "--json"], { cwd })).out,
    );
    expect(json).toMatchObject({
      format: "writ.replay/1",
      ok: false,
      kind: "traces",
      runs: 2,
      effects: { allowed: 2, asked: 0, refused: 0 },
      problemCount: 3,
      problems: [{ code: "not_json", file: "runs.jsonl", line: 2 }, {}, {}],
    });
  });

  test("ends with 2 where the user is refused, and says why; a folder of runs, gzipped ones too", async () => {
    const { cwd } = await shop();
    mkdirSync(join(cwd, "runs"));
    writeFileSync(join(cwd, "runs", "b.jsonl.gz"), gzipSync(JSON.stringify(transfer(1))));
    write(cwd, "runs/a.jsonl", transfer(500));
    const ran = await writ(["replay", "runs", "--policy", "shop.policy"], { cwd });
    expect(ran).toMatchObject({ code: 2, err: "" });
    expect(ran.out).toContain("benign runs  1 of 2 untouched, 0 asked about, 1 with a refusal");
    expect(ran.out).toContain(
      "the user's own call is refused here: bank.transfer (runs/a.jsonl:1, call 0, session pay-500)",
    );
    expect(ran.out).toContain("It would be allowed with euros: 100.");
  });

  test("of many bad lines some are listed, and all counted", async () => {
    const { cwd } = await shop();
    write(cwd, "runs.jsonl", ...Array.from({ length: 50 }, () => "{"));
    const ran = await writ(["replay", "runs.jsonl", "--policy", "shop.policy"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.err.trim().split("\n")).toHaveLength(21);
    expect(ran.err).toContain("20 of 50 lines");
  });

  test("--user, --approver, --facts and --params stand in for what a run does not say", async () => {
    const { cwd, policy } = await shop();
    const further = `
param most: Int
fact open() -> Bool { on error false }
role boss { user.groups has "bosses" }
tool bank.close(id: Id) { effect write  risk low }
ask closing on bank.close { for staff  when open() and most > 3  from boss }
`;
    writeFileSync(join(cwd, "more.policy"), policy + further);
    const { user: _, ...run } = { ...transfer(1), user: STAFF };
    write(cwd, "runs.jsonl", { ...run, calls: [{ tool: "bank.close", args: { id: "7" } }] });
    const words = ["replay", "runs.jsonl", "--policy", "more.policy", "--user", JSON.stringify(STAFF)];
    const missing = await writ(words, { cwd });
    expect(missing).toMatchObject({ code: 1, out: "" });
    expect(missing.err).toContain("most");
    const given = [...words, "--params", '{"most":4}', "--facts", '{"open":true}'];
    const alone = await writ(given, { cwd });
    expect(alone.out).toContain("1 question: nobody named may answer");
    const agreed = await writ([...given, "--approver", '[{"id":"bea","groups":["bosses"]}]'], { cwd });
    expect(agreed).toMatchObject({ code: 0, err: "" });
    expect(agreed.out).toContain("1 in 1 run: 0 allowed, 1 asked about, 0 refused");
    expect(agreed.out).not.toContain("not agreed to");
  });

  test("sealed arguments of a log are opened with --key, and are on the way to no output", async () => {
    const { cwd, policy } = await shop();
    await writ(["audit", "keygen", "seal.key"], { cwd });
    await shopLog(cwd, policy, { sealTo: join(cwd, "seal.key.pub") });
    const words = ["replay", "audit", "--policy", "shop.policy"];
    expect((await writ(words, { cwd })).out).toContain("not replayed  1: arguments are masked");
    const opened = await writ([...words, "--key", "seal.key"], { cwd });
    // The tool is not in this policy: what was recorded of it is changed.
    expect(opened.out).toContain("note.write  allow by write -> forbid by input");
    const json = await writ([...words, "--key", "seal.key", "--json"], { cwd });
    expect(JSON.parse(json.out)).toMatchObject({ format: "writ.replay/1", kind: "log", notReplayed: {} });
    expect(opened.out + json.out).not.toContain("paid");
    const wrong = await writ([...words, "--key", "shop.policy"], { cwd });
    expect(wrong).toMatchObject({ code: 1, out: "" });
    expect(wrong.err).toContain("holds no private key");
  });
});

describe("writ diff", () => {
  test("a log under two policies, and the same policy twice", async () => {
    const { cwd, policy } = await shop();
    await shopLog(cwd, policy);
    // The policy that the log was written under: what it decided then is known.
    mkdirSync(join(cwd, "then"));
    writeFileSync(join(cwd, "then", "shop.policy"), policy + NOTES);
    const ran = await writ(["diff", "then/shop.policy", "stricter.policy", "--log", "audit", "--json"], { cwd });
    expect(ran).toMatchObject({ code: 2, err: "" });
    expect(JSON.parse(ran.out)).toMatchObject({
      format: "writ.diff/1",
      ok: false,
      compared: {
        changed: 1,
        differences: [
          {
            tool: "bank.transfer",
            from: { effect: "allow", by: ["small"] },
            to: { effect: "forbid", by: ["default"] },
            calls: 1,
          },
        ],
      },
      unsure: 1,
      notReplayed: { masked: 1 },
      first: { why: "changed", explained: [expect.stringContaining("allowed"), expect.stringContaining("refused")] },
    });
    expect((await writ(["diff", "shop.policy", "shop.policy", "--log", "audit"], { cwd })).code).toBe(0);
    expect(await writ(["diff", "shop.policy", "shop.policy"], { cwd })).toMatchObject({
      code: 0,
      out: "the two policies declare the same\n",
    });
  });

  test("without a log: what is declared, wherever it stands", async () => {
    const { cwd, policy } = await shop();
    const moved = `${policy.replace("use std.labels\n", "use std.labels\n\n\n")}\ntool extra() { effect read  risk low }\nallow new on extra { for staff }\n`;
    writeFileSync(
      join(cwd, "new.policy"),
      moved
        .replace("labels  untrusted\n", "")
        .replace("taint value", "taint context")
        .replace("groups: [Text]", "groups: [Text]  mail: Email"),
    );
    const ran = await writ(["diff", "shop.policy", "new.policy", "--json"], { cwd });
    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.out)).toMatchObject({
      differences: [
        { what: "tools", name: "mail.read", change: "changed", parts: ["labels"] },
        { what: "tools", name: "extra", change: "added" },
        { what: "rules", name: "new", change: "added" },
        { what: "identity", name: "user", change: "changed" },
        { what: "taint", name: "value -> context", change: "changed" },
      ],
    });
  });
});

describe("what cannot be replayed", () => {
  test.each([
    [["replay", "gone.jsonl", "--policy", "shop.policy"], "cannot read gone.jsonl"],
    [["replay", "runs.jsonl"], "needs a policy to try (add --policy FILE)"],
    [["replay", "-", "--policy", "shop.policy"], "not read from standard input"],
    [["replay", "/dev/null", "--policy", "shop.policy"], "no regular file"],
    [["replay", "empty.jsonl", "--policy", "shop.policy"], "holds no recorded call"],
    [["replay", "empty", "--policy", "shop.policy"], "holds no recorded call"],
    [["replay", "runs.jsonl", "--policy", "shop.policy", "--key", "x"], "--key opens sealed arguments of an audit log"],
    [["replay", "runs.jsonl", "--policy", "shop.policy", "--user", "{}"], "--user has no id"],
    [["replay", "runs.jsonl", "--policy", "shop.policy", "--approver", "[7]"], "no JSON object"],
    [["replay", "runs.jsonl", "--policy", "shop.policy", "--facts", "[]"], "--facts is no JSON object"],
    [
      ["replay", "runs.jsonl", "--policy", "shop.policy", "--facts", '{"opne":true}'],
      "gives opne, which no policy declares",
    ],
    [["replay", "runs.jsonl", "--policy", "shop.policy", "--params", '{"__proto__":1}'], "which no policy declares"],
    [["replay", "audit", "--policy", "shop.policy"], "not read further"],
    [["diff", "shop.policy"], "needs a policy before and a policy after"],
    [["diff", "shop.policy", "shop.policy", "--user", "{}"], "--user goes with --log"],
    [["diff", "-", "-"], "standard input"],
  ])("%j is a fault of one line", async (words, said) => {
    const { cwd } = await shop();
    write(cwd, "runs.jsonl", transfer(1));
    write(cwd, "empty.jsonl", "", "  ");
    mkdirSync(join(cwd, "empty"));
    mkdirSync(join(cwd, "audit"));
    write(cwd, "audit/log.pub", "x");
    write(cwd, "audit/log.jsonl", "{}", "");
    const ran = await writ(words, { cwd });
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain(said);
    expect(ran.err).toMatch(/^writ: [^\n]*\n$/);
  });

  test("a policy with errors ends with 3, and nothing is replayed", async () => {
    const { cwd } = await shop();
    write(cwd, "runs.jsonl", transfer(1));
    write(cwd, "bad.policy", "policy bad @ 1", "allow x on nothing { }");
    for (const words of [
      ["replay", "runs.jsonl", "--policy", "bad.policy"],
      ["diff", "shop.policy", "bad.policy"],
    ]) {
      const ran = await writ(words, { cwd });
      expect(ran).toMatchObject({ code: 3, out: "" });
      expect(ran.err).toContain("bad.policy:2:12");
      const json = await writ([...words, "--json"], { cwd });
      expect(json).toMatchObject({ code: 3, err: "" });
      expect(JSON.parse(json.out)).toMatchObject({ ok: false, file: "bad.policy", diagnostics: [{ code: "E101" }] });
    }
  });
});
