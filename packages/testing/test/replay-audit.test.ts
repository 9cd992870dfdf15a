import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalize, digest, type Bundle } from "@writ/ir";
import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryStore, type Guard, type Outcome, type Session } from "@writ/runtime";
import { fileAudit, makeSealKey } from "@writ/runtime/node";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Comparing, explainAuditCall, replayAudit, type AuditReplayOptions, type SealOpener } from "../src/index.js";
import { temporaryFolder } from "./temporary.js";

const POLICY = `policy desk @ 1
use std.labels

identity user { id: Id  groups: [Text] }
identity agent { id: Id }

role clerk { user.groups has "clerks" }
role boss { user.groups has "bosses" }

tier low { isolate inline }
tier high { isolate gvisor }

fact open() -> Bool { on error false }

tool mail.read () -> Text { effect read  risk low  labels untrusted, pii }
tool bank.pay (to: Id, count: Int) { effect pay  risk low }
tool note.write (body: Text) { effect write  risk low }
tool work (id: Id) { effect write  risk high }
tool close (id: Id) { effect write  risk low }

allow reading on mail.read, note.write, work { for clerk }
allow small on bank.pay { for clerk  when count <= 5 }
ask large on bank.pay { for clerk  when count > 5 and count <= 50  from boss }
allow closing on close { for clerk  when open() }
quota few on bank.pay { limit 3 calls per hour by user.id }
`;

const CLERK = { id: "ann", groups: ["clerks"] };
const BOSS = { id: "bea", groups: ["bosses"] };

async function bundleOf(text: string): Promise<Bundle> {
  const compiled = await compile("desk.policy", memoryHost({ "desk.policy": text }));
  if (compiled.bundle === undefined) throw new Error(JSON.stringify(compiled.diagnostics));
  return compiled.bundle;
}

/** A log as a guard writes it. */
async function logged(
  work: (guard: Guard, session: Session) => Promise<void>,
  options: { readonly sealTo?: string; readonly text?: string } = {},
): Promise<string> {
  const folder = join(temporaryFolder(), "audit");
  const guard = await createGuard({
    policy: await bundleOf(options.text ?? POLICY),
    audit: await fileAudit(folder, options.sealTo === undefined ? {} : { sealTo: options.sealTo }),
    state: memoryStore(),
    facts: { open: () => true },
  });
  await work(guard, await guard.session({ user: CLERK, agent: { id: "bot" } }));
  await guard.close();
  return folder;
}

const pay = (session: Session, count: number): Promise<Outcome> =>
  session.call({ tool: "bank.pay", args: { to: "x", count } }, () => null);

async function replayed(
  folder: string,
  texts: readonly string[] = [POLICY],
  options: AuditReplayOptions = {},
): Promise<readonly string[]> {
  const found = [];
  const policies = await Promise.all(texts.map(bundleOf));
  for await (const one of replayAudit(folder, policies, { approvers: [BOSS], ...options }))
    found.push(
      one.kind === "not_replayed"
        ? `not: ${one.why}`
        : [
            `${one.tool} ${one.recorded.effect} by ${one.recorded.by?.join("+") ?? "?"}`,
            ...one.judged.map(
              ({ effect, by }, i) => `${effect} by ${by.join("+")}${one.sure[i] === true ? "" : " unsure"}`,
            ),
          ].join(" -> "),
    );
  return found;
}

describe("a replay of an audit log", () => {
  test("gives what the log says under the same policy: rules, limits, questions with and without an answer", async () => {
    const folder = await logged(async (guard, session) => {
      await pay(session, 1);
      await pay(session, 99);
      const asked = await pay(session, 9);
      if (asked.status !== "waiting") throw new Error(asked.status);
      await guard.approvals.resolve(asked.approval.id, { by: BOSS, grant: true });
      await pay(session, 9);
      await pay(session, 10); // nobody answers
      await pay(session, 2);
      await pay(session, 3);
    });
    expect(await replayed(folder)).toEqual([
      "bank.pay allow by small -> allow by small",
      "bank.pay forbid by default -> forbid by default",
      "bank.pay ask by large -> ask by large",
      "bank.pay ask by large -> ask by large",
      "bank.pay allow by small -> allow by small",
      "bank.pay forbid by limit -> forbid by limit",
    ]);
  });

  test("another policy is compared call by call, and the first change is explained where it came", async () => {
    const folder = await logged(async (_, session) => {
      for (const count of [1, 4, 5]) await pay(session, count);
    });
    const tighter = POLICY.replace("count <= 5", "count <= 3").replace("count > 5", "count > 3");
    expect(await replayed(folder, [POLICY, tighter])).toEqual([
      "bank.pay allow by small -> allow by small -> allow by small",
      "bank.pay allow by small -> allow by small -> ask by large",
      "bank.pay allow by small -> allow by small -> ask by large",
    ]);
    const seqs = [];
    for await (const one of replayAudit(folder, [await bundleOf(tighter)], { approvers: [BOSS] })) seqs.push(one.seq);
    const explained = await explainAuditCall(folder, await bundleOf(tighter), seqs[1] ?? -1);
    expect(explained).toMatchObject({ effect: "ask" });
    expect(explained?.text).toContain("ask large");
    expect(await explainAuditCall(folder, await bundleOf(tighter), 9999)).toBeUndefined();
  });

  test("what a log does not hold is said and not guessed: facts, masked arguments, calls that the guard itself refused", async () => {
    const folder = await logged(async (guard, session) => {
      await session.call({ tool: "close", args: { id: "7" } }, () => null);
      await session.call({ tool: "note.write", args: { body: "secret" } }, () => null);
      await session.call({ tool: "bank.pay", args: { to: "x" } }, () => null);
      await session.call({ tool: "work", args: { id: "7" } }, () => null);
      await session.reply("done");
      await guard.stop({ tool: "mail.read" }, { by: "ann", why: "test" });
      await session.call({ tool: "mail.read", args: {} }, () => "x");
    });
    expect(await replayed(folder)).toEqual([
      "close allow by closing -> forbid by default unsure",
      "not: masked",
      "not: unread",
      "not: machinery",
      "not: reply",
      "not: machinery",
    ]);
    expect((await replayed(folder, [POLICY], { facts: { open: true } }))[0]).toBe(
      "close allow by closing -> allow by closing",
    );
  });

  test("sealed arguments are opened with their key alone", async () => {
    const [pair, other] = [makeSealKey(), makeSealKey()];
    const sealTo = join(temporaryFolder(), "seal.pub");
    writeFileSync(sealTo, pair.publicKey);
    const folder = await logged(
      async (_, session) => {
        await session.call({ tool: "note.write", args: { body: "secret" } }, () => null);
      },
      { sealTo },
    );
    const [origin = ""] = readFileSync(join(folder, "log.pub"), "utf8").split("+");
    const key = (privateKey: string): { readonly key: SealOpener } => ({ key: { origin, privateKey } });
    expect(await replayed(folder)).toEqual(["not: masked"]);
    expect(await replayed(folder, [POLICY], key(pair.privateKey))).toEqual([
      "note.write allow by reading -> allow by reading",
    ]);
    expect(await replayed(folder, [POLICY], key(other.privateKey))).toEqual(["not: sealed_to_another_key"]);
  });

  test("a decision is sure only where nothing that the log lacks could turn it", async () => {
    const flows = `${POLICY}
flow strangers: untrusted -> bank.pay forbid { }
forbid never on work { when id == "9" }
`;
    const folder = await logged(
      async (_, session) => {
        await pay(session, 1);
        await session.call({ tool: "mail.read", args: {} }, () => "pay x");
        await pay(session, 1);
        await pay(session, 99);
        await session.call({ tool: "work", args: { id: "9" } }, () => null);
      },
      { text: flows },
    );
    expect(await replayed(folder, [flows])).toEqual([
      "bank.pay allow by small -> allow by small unsure",
      "mail.read allow by reading -> allow by reading",
      expect.stringMatching(/^bank\.pay .* unsure$/),
      expect.stringMatching(/^bank\.pay forbid by .* -> forbid by /),
      "work forbid by never -> forbid by never",
    ]);
  });

  test("delegates, other people, and people whom a policy does not know", async () => {
    const folder = await logged(async (guard, session) => {
      const delegate = await session.delegate({ agent: { id: "helper" } });
      await pay(delegate, 1);
      await pay(await guard.session({ user: { id: "eve", groups: [] } }), 1);
    });
    expect(await replayed(folder)).toEqual([
      "bank.pay allow by small -> allow by small",
      "bank.pay forbid by default -> forbid by default",
    ]);
    const other = POLICY.replace("groups: [Text]", "groups: [Int]")
      .replace('has "clerks"', "has 1")
      .replace('has "bosses"', "has 2");
    expect(await replayed(folder, [other])).toEqual(["not: nobody", "bank.pay forbid by default -> forbid by default"]);
  });

  test("lesson 11: a log that was changed is not replayed", async () => {
    const folder = await logged(async (_, session) => {
      for (const count of [1, 2]) await pay(session, count);
    });
    const file = join(folder, "log.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace('"count":1', '"count":2'));
    await expect(replayed(folder)).rejects.toMatchObject({ code: "audit_corrupt" });
    await expect(replayed(join(folder, "gone"))).resolves.toEqual([]);
  });
});

/** A log with a chain that holds, of records that no guard wrote. */
function forged(records: readonly object[]): string {
  const folder = temporaryFolder();
  let prev = "0".repeat(64);
  const lines = records.map((record, seq) => {
    const stored = canonicalize({ ...record, prev, seq });
    prev = createHash("sha256").update(`\0${stored}`).digest("hex");
    return `${prev} ${stored}\n`;
  });
  writeFileSync(join(folder, "log.jsonl"), lines.join(""));
  return folder;
}

describe("a log that somebody wrote by hand", () => {
  const session = { type: "session", at: 1, session: "s", identity: { user: CLERK, agent: {}, session: { id: "s" } } };
  const args = { to: "x", count: 1 };
  const intent = {
    type: "intent",
    at: 2,
    session: "s",
    call: "c",
    tool: "bank.pay",
    args: { digest: digest(args), masked: args },
    effect: "allow",
    reasons: [{ by: "small", kind: "allow", truth: "true" }],
    policy: "p",
  };

  test("is replayed where it is as a guard writes it", async () => {
    expect(await replayed(forged([session, intent]))).toEqual(["bank.pay allow by small -> allow by small"]);
  });

  test("whatever a record holds, it is replayed, left out, or said to be corrupt", async () => {
    const policy = await bundleOf(POLICY);
    const value = fc.oneof(
      fc.constantFrom(null, 7, -1, 1e300, "", "__proto__", "toString", [], {}, [null], { user: null }, { id: 7 }),
      fc.jsonValue(),
    );
    const field = fc.constantFrom(
      "at",
      "session",
      "identity",
      "parent",
      "call",
      "tool",
      "args",
      "effect",
      "reasons",
      "approval",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(session, intent),
        field,
        fc.option(value, { nil: undefined }),
        async (base, name, held) => {
          const changed: Record<string, unknown> = { ...base, [name]: held };
          if (held === undefined) delete changed[name];
          const folder = forged([
            session,
            changed,
            { type: "outcome", at: 3, call: "c", [name]: held ?? null },
            intent,
          ]);
          try {
            for await (const one of replayAudit(folder, [policy])) expect(one.kind).toMatch(/^(?:call|not_replayed)$/);
          } catch (error) {
            expect(error).toMatchObject({ name: "AuditError", code: "audit_corrupt" });
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("comparing decisions", () => {
  test("effects, rules where both are known, and how often", () => {
    const comparing = new Comparing();
    expect(comparing.add("a", { effect: "allow" }, { effect: "allow", by: ["x"] })).toBe(false);
    expect(comparing.add("a", { effect: "allow", by: ["x", "y"] }, { effect: "allow", by: ["y", "x"] })).toBe(false);
    expect(comparing.add("a", { effect: "allow", by: ["x"] }, { effect: "allow", by: ["y"] })).toBe(false);
    for (let i = 0; i < 2; i += 1)
      expect(comparing.add("__proto__", { effect: "allow", by: ["x"] }, { effect: "forbid", by: ["y"] })).toBe(true);
    expect(comparing.result()).toEqual({
      calls: 5,
      same: 2,
      otherRules: 1,
      changed: 2,
      differences: [
        { tool: "__proto__", from: { effect: "allow", by: ["x"] }, to: { effect: "forbid", by: ["y"] }, calls: 2 },
        { tool: "a", from: { effect: "allow", by: ["x"] }, to: { effect: "allow", by: ["y"] }, calls: 1 },
      ],
    });
  });
});
