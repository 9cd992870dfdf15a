import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Bundle, Trace, TracedCall } from "@writ/ir";
import { decodeTrace } from "@writ/ir/decode";
import { compile, memoryHost } from "@writ/policy";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createReplayer, isIdentityFault, readTraces, type ReplayOptions } from "../src/index.js";
import { temporaryFolder } from "./temporary.js";

const POLICY = `policy desk @ 1
use std.labels

identity user { id: Id  groups: [Text] }
identity agent { id: Id }

role clerk { user.groups has "clerks" }
role boss { user.groups has "bosses" }



taint value

tier low { isolate inline }
tier high { isolate gvisor }

fact open() -> Bool { on error false }

tool mail.read () -> Text { effect read  risk low  labels untrusted, pii }
tool bank.pay (to: Id, count: Int) { effect pay  risk low }
tool work (body: Text) -> Text { effect read  risk high }
tool close (id: Id) { effect write  risk low }

allow reading on mail.read, work { for clerk }
allow small on bank.pay { for clerk  when count <= 5 }
ask large on bank.pay { for clerk  when count > 5 and count <= 50  from boss }
allow closing on close { for clerk  when open() }
quota few on bank.pay { limit 3 calls per hour by user.id }
`;

const CLERK = { id: "ann", groups: ["clerks"] };
const BOSS = { id: "bea", groups: ["bosses"] };

async function bundle(text = POLICY): Promise<Bundle> {
  const compiled = await compile("desk.policy", memoryHost({ "desk.policy": text }));
  if (compiled.bundle === undefined) throw new Error(JSON.stringify(compiled.diagnostics));
  return compiled.bundle;
}

function run(calls: readonly TracedCall[], more: Partial<Trace> = {}): Trace {
  return { format: "writ.trace/1", session: "one", user: CLERK, calls: [...calls], ...more };
}

const pay = (count: number, more: Partial<TracedCall> = {}): TracedCall => ({
  tool: "bank.pay",
  args: { to: "x", count },
  ...more,
});

async function effects(made: Trace, options: Partial<ReplayOptions> = {}): Promise<readonly string[]> {
  const replayer = await createReplayer({ bundle: await bundle(), ...options });
  const { calls } = await replayer.replay(made);
  return calls.map(({ effect, by, unagreed }) => `${effect} by ${by.join("+")}${unagreed === true ? " unagreed" : ""}`);
}

describe("a replay", () => {
  test("takes calls through a real guard: rules, limits, approvals, and unknown tools and arguments", async () => {
    expect(
      await effects(
        run([
          pay(1),
          pay(9),
          pay(99),
          pay(2),
          pay(3),
          { tool: "gone", args: {} },
          pay(1, { args: { to: "x", extra: 1 } }),
        ]),
        { approvers: [BOSS] },
      ),
    ).toEqual([
      "allow by small",
      "ask by large",
      "forbid by default",
      "allow by small",
      "forbid by limit",
      "forbid by input",
      "forbid by input",
    ]);
  });

  test("time is the recording's: a limit is free again after an hour, and a clock that goes back frees nothing", async () => {
    const at = Date.UTC(2026, 2, 1);
    const hours = [0, 0, 0, 0, 2, -5, 2, 2];
    expect(await effects(run(hours.map((hour) => pay(1, { at: at + hour * 3_600_000 }))))).toEqual([
      ...Array.from({ length: 3 }, () => "allow by small"),
      "forbid by limit",
      ...Array.from({ length: 3 }, () => "allow by small"),
      "forbid by limit",
    ]);
  });

  test("a tier that this machine may lack is no refusal, and nothing runs", async () => {
    expect(await effects(run([{ tool: "work", args: { body: "x" }, result: "done" }]))).toEqual(["allow by reading"]);
  });

  test("a refusal is the policy's, however often the same call was refused before", async () => {
    expect(await effects(run(Array.from({ length: 250 }, () => pay(99))))).toEqual(
      Array.from({ length: 250 }, () => "forbid by default"),
    );
  });

  test("a pin says how a host's tool was reviewed, which a recording cannot show: it refuses nothing here", async () => {
    const made = await bundle();
    const pinned = {
      ...made,
      tools: made.tools.map((tool) => Object.assign({}, tool, { pin: `sha256:${"0".repeat(64)}` })),
    };
    expect(await effects(run([pay(1)]), { bundle: pinned })).toEqual(["allow by small"]);
  });

  test("where nobody who is named may agree, the call is not made, and that is said", async () => {
    expect(await effects(run([pay(9)]))).toEqual(["ask by large unagreed"]);
    expect(await effects(run([pay(9)]), { approvers: [CLERK, BOSS] })).toEqual(["ask by large"]);
  });

  test("facts are the trace's, then the host's; one that nobody answers fails", async () => {
    const close = [{ tool: "close", args: { id: "7" } }];
    expect(await effects(run(close))).toEqual(["forbid by default"]);
    expect(await effects(run(close, { facts: { open: true } }))).toEqual(["allow by closing"]);
    expect(await effects(run(close, { facts: { open: false } }), { fact: () => () => true })).toEqual([
      "forbid by default",
    ]);
    expect(await effects(run(close), { fact: () => () => true })).toEqual(["allow by closing"]);
  });

  test("a run of nobody whom the policy knows cannot be replayed; one without a user is somebody's", async () => {
    const replayer = await createReplayer({ bundle: await bundle(), user: CLERK });
    const bad = replayer.replay(run([pay(1)], { user: { id: "ann", groups: 7 } }));
    await expect(bad).rejects.toSatisfy(isIdentityFault);
    const { user, ...nobody } = run([pay(1)]);
    expect(user).toEqual(CLERK);
    expect((await replayer.replay(nobody)).calls[0]?.effect).toBe("allow");
  });

  test("explains a call as it is decided after those before it", async () => {
    const replayer = await createReplayer({ bundle: await bundle() });
    const { effect, text } = await replayer.explain(run([pay(1), pay(99)]), 1);
    expect(effect).toBe("forbid");
    expect(text).toContain("It would be allowed with count: 5.");
    await expect(replayer.explain(run([pay(1)]), 3)).rejects.toThrow(RangeError);
    const limited = await replayer.explain(run([pay(1), pay(1), pay(1), pay(2)]), 3);
    expect(limited.effect).toBe("forbid");
    expect(limited.text).toContain("Refused by limit");
    expect(limited.text).toContain("By the rules alone:\nThe call is allowed.");
  });

  test("lesson 3: a policy that no guard starts with is none to replay under", async () => {
    const made = await bundle();
    await expect(createReplayer({ bundle: { ...made, rules: [] } })).rejects.toThrow("rule");
    const param = await bundle(`${POLICY}\nparam most: Int\nallow more on bank.pay { for clerk  when count < most }\n`);
    await expect(createReplayer({ bundle: param })).rejects.toThrow("most");
    await createReplayer({ bundle: param, params: { most: 4 } });
  });
});

describe("reading recorded runs", () => {
  const line = JSON.stringify(run([pay(1)]));

  async function readAll(path: string, longest?: number): Promise<readonly string[]> {
    const found = [];
    for await (const read of readTraces(path, decodeTrace, longest))
      found.push(
        "trace" in read ? `${read.line} ${read.trace.session}` : `${read.line} ${read.code} ${read.path ?? ""}`.trim(),
      );
    return found;
  }

  function file(name: string, content: string | Uint8Array): string {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    return path;
  }

  test("a bad line has a code, a place and what to do, and those after it are read", async () => {
    const bad = [
      "{",
      "7",
      JSON.stringify({ ...run([]), format: "writ.trace/2" }),
      JSON.stringify({ ...run([]), extra: 1 }),
      JSON.stringify(run([{ tool: "", args: {} }])),
      JSON.stringify(run([pay(1, { result: 1, error: "x" })])),
      JSON.stringify(run([], { user: { groups: [] } })),
      JSON.stringify(run([pay(1)], { task: { needs: [1] } })),
      JSON.stringify(run([pay(1)], { attack: { succeeded: true } })),
      JSON.stringify(run([pay(1)], { attack: { succeeded: false, stops: [[]] } })),
      JSON.stringify(run([pay(1)], { attack: { succeeded: true, stops: [[4]] } })),
      "[".repeat(100_000),
      line.replace('{"to"', `${"[".repeat(200)}${"]".repeat(200)},"_":{"to"`),
    ];
    expect(await readAll(file("runs.jsonl", `\n${bad.join("\n")}\r\n\n${line}`))).toEqual([
      "2 not_json",
      "3 unknown_format format",
      "4 unknown_format format",
      "5 unknown_key extra",
      "6 invalid calls[0].tool",
      "7 invalid calls[0].error",
      "8 invalid user.id",
      "9 invalid task.needs[0]",
      "10 invalid attack.stops",
      "11 invalid attack.stops[0]",
      "12 invalid attack.stops[0][0]",
      "13 not_json",
      expect.stringMatching(/^14 too_deep calls\[0\]\.args/),
      "16 one",
    ]);
  });

  test("lesson 29: a line is no longer than what is read, in a plain file and in one that unpacks to much", async () => {
    const long = JSON.stringify(run([pay(1, { result: "x".repeat(300_000) })]));
    const text = [line, long, line].join("\n");
    const expected = ["1 one", "2 line_too_long", "3 one"];
    expect(await readAll(file("a.jsonl", text), 200_000)).toEqual(expected);
    expect(await readAll(file("a.jsonl.gz", gzipSync(text)), 200_000)).toEqual(expected);
    expect(await readAll(file("a.jsonl", text), 400_000)).toEqual(["1 one", "2 one", "3 one"]);
  });

  test("bytes that are no UTF-8, a file that is cut off, and one that is not gzipped", async () => {
    const bytes = Buffer.concat([Buffer.from(`${line}\n`), Buffer.from([0xff, 0xfe, 10]), Buffer.from(line)]);
    expect(await readAll(file("a.jsonl", bytes))).toEqual(["1 one", "2 not_utf8", "3 one"]);
    const packed = gzipSync(
      Array.from({ length: 2000 }, (_, i) => JSON.stringify(run([pay(i)], { session: `s${i}` }))).join("\n"),
    );
    const cut = await readAll(file("a.jsonl.gz", packed.subarray(0, packed.length - 20)));
    expect(cut.at(-1)).toMatch(/^\d+ unreadable$/);
    expect(await readAll(file("a.jsonl.gz", line))).toEqual(["1 unreadable"]);
  });

  test("a folder's files are read by name, and what is no recording is left alone", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "odd.jsonl"));
    execFileSync("mkfifo", [join(folder, "pipe.jsonl")]);
    writeFileSync(join(folder, "b.jsonl"), line);
    writeFileSync(join(folder, "a.jsonl.gz"), gzipSync(`${line}\n${line}`));
    writeFileSync(join(folder, "notes.txt"), "{");
    expect(await readAll(folder)).toEqual(["1 one", "2 one", "1 one", "1 unreadable", "1 unreadable"]);
    await expect(readAll(join(folder, "gone"))).rejects.toThrow("ENOENT");
  });

  test("names of prototypes are names, and nothing that a line holds makes reading or replaying throw", async () => {
    const replayer = await createReplayer({ bundle: await bundle(), user: CLERK });
    const word = fc.constantFrom("__proto__", "constructor", "toString", "bank.pay", "mail.read", "to", "count");
    const calls = fc.array(
      fc.record({ tool: word, args: fc.oneof(fc.jsonValue(), fc.dictionary(word, fc.jsonValue())) }),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (made) => {
        const decoded = decodeTrace(JSON.stringify({ format: "writ.trace/1", session: "s", calls: made }));
        if (!decoded.ok) return;
        const { calls: judged } = await replayer.replay(decoded.value);
        expect(judged).toHaveLength(made.length);
        for (const [i, { effect }] of judged.entries())
          if (made[i]?.tool !== "bank.pay" && made[i]?.tool !== "mail.read") expect(effect).toBe("forbid");
      }),
      { numRuns: 100 },
    );
  });
});
