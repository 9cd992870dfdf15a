import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS, type Job, type RunEnd } from "../../src/backend.js";
import { Conversation, type Death, type Link } from "../../src/protocol/conversation.js";
import { encodeFrame } from "../../src/protocol/frames.js";
import { anyValue } from "./values.js";
import { encodeValue } from "../../src/protocol/codec.js";

const DEATH: Death = { reason: "died", message: "it ended by itself" };

/** A link whose inside is this test. */
class TestLink implements Link {
  readonly said: unknown[] = [];
  kills = 0;
  data: (bytes: Buffer) => void = () => undefined;
  closed: (death: Death) => void = () => undefined;

  write(bytes: Buffer): void {
    this.said.push(JSON.parse(bytes.subarray(4).toString()));
  }

  open(on: Parameters<Link["open"]>[0]): void {
    this.data = on.data;
    this.closed = on.closed;
  }

  kill(): void {
    this.kills += 1;
  }

  say(message: unknown): void {
    this.data(encodeFrame(message));
  }
}

const HELLO = { t: "hello", protocol: 1 };

function job(more: Partial<Job> = {}): Job {
  return {
    program: { kind: "javascript", source: "" },
    args: null,
    limits: { ...DEFAULT_LIMITS, time: 60_000 },
    signal: new AbortController().signal,
    ask: (effect, args) => Promise.resolve({ ok: true, value: [effect, args] }),
    ...more,
  };
}

/** A conversation that has begun to run a job. */
function running(more: Partial<Job> = {}, output = 100_000): { link: TestLink; end: Promise<RunEnd> } {
  const link = new TestLink();
  const conversation = new Conversation(link, output);
  link.say(HELLO);
  return { link, end: conversation.run(job(more)) };
}

test.each([
  ["anything before hello", [{ t: "log", text: "" }]],
  ["another protocol", [{ t: "hello", protocol: 2 }]],
  ["no protocol", [{ t: "hello" }]],
  ["a done without a program", [HELLO, { t: "done", value: 1 }]],
  ["hello twice", [HELLO, HELLO]],
])("a sandbox that says %s is ended before it is used", async (_, messages) => {
  const link = new TestLink();
  const conversation = new Conversation(link, 1000);
  const hello = conversation.hello.then(
    () => "ready",
    (error: unknown) => error,
  );
  for (const message of messages) link.say(message);
  expect(link.kills).toBeGreaterThan(0);
  if (messages.length === 1) expect(await hello).toMatchObject({ code: "boot_failed" });
  expect(await conversation.run(job())).toMatchObject({ status: "ended", reason: "died" });
  expect(link.said).toEqual([]);
});

test.each([
  ["hello again", HELLO, "violation"],
  ["an unknown message", { t: "exec", command: "ls" }, "violation"],
  ["a list", [], "violation"],
  ["null", null, "violation"],
  ["an ask with an id that is no whole number", { t: "ask", id: 0.5, effect: "a", args: null }, "violation"],
  ["an ask with an id of before", { t: "ask", id: 0, effect: "a", args: null }, "violation"],
  ["an ask with a huge effect", { t: "ask", id: 1, effect: "x".repeat(65), args: null }, "violation"],
  ["an ask with args that are no value", { t: "ask", id: 1, effect: "a", args: { $what: 1 } }, "violation"],
  ["a result that is no value", { t: "done", value: { $bytes: "!" } }, "violation"],
  ["a result that is missing", { t: "done" }, "violation"],
  ["a log that is no text", { t: "log", text: 7 }, "violation"],
  ["members on its prototype", JSON.parse('{"__proto__":{"t":"done","value":1}}'), "violation"],
  ["a log of more than the limit", { t: "log", text: "x".repeat(200_000) }, "output"],
])("lesson 16: %s ends the sandbox", async (_, message: unknown, reason) => {
  const { link, end } = running();
  link.say(message);
  expect(await end).toMatchObject({ status: "ended", reason });
  expect(link.kills).toBeGreaterThan(0);
});

test("asks beyond those that may wait end the sandbox", async () => {
  const { link, end } = running({ ask: () => new Promise(() => undefined) });
  for (let id = 1; id <= 65; id += 1) link.say({ t: "ask", id, effect: "a", args: null });
  expect(await end).toMatchObject({ reason: "violation", message: expect.stringContaining("64") as unknown });
});

test("an answer that cannot be given is an answer all the same", async () => {
  const asks: Job["ask"] = (effect) => {
    if (effect === "throws") throw new Error("a secret of the host");
    if (effect === "rejects") return Promise.reject(new Error("a secret of the host"));
    return Promise.resolve({ ok: true, value: () => "no data" });
  };
  const { link, end } = running({ ask: asks });
  for (const [i, effect] of ["throws", "rejects", "gives"].entries())
    link.say({ t: "ask", id: i + 1, effect, args: null });
  await new Promise((resolve) => setTimeout(resolve, 10));
  link.say({ t: "done", value: 1 });
  await end;
  const answers = link.said.slice(1);
  expect(answers).toHaveLength(3);
  for (const answer of answers) expect(answer).toMatchObject({ t: "answer", ok: false });
  expect(JSON.stringify(answers)).not.toContain("secret");
});

test("nothing that comes after the end is heard, and the end stays what it was", async () => {
  let asked = 0;
  const { link, end } = running({
    ask: () => {
      asked += 1;
      return Promise.resolve({ ok: true, value: 1 });
    },
  });
  link.data(
    Buffer.concat([encodeFrame({ t: "done", value: 1 }), encodeFrame({ t: "ask", id: 1, effect: "a", args: null })]),
  );
  link.say({ t: "failed", name: "E", message: "late" });
  link.closed(DEATH);
  expect(await end).toEqual({ status: "done", value: 1, log: "" });
  expect(asked).toBe(0);
});

test("an answer that comes after the end is not said", async () => {
  const late = Promise.withResolvers<{ ok: true; value: number }>();
  const { link, end } = running({ ask: () => late.promise });
  link.say({ t: "ask", id: 1, effect: "a", args: null });
  link.say({ t: "done", value: 1 });
  await end;
  late.resolve({ ok: true, value: 1 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(link.said).toHaveLength(1);
});

test("a log is cut at its bound, and a failure's words too", async () => {
  const { link, end } = running({}, 8_000_000);
  for (let n = 0; n < 100; n += 1) link.say({ t: "log", text: "x".repeat(2000) });
  link.say({ t: "failed", name: "n".repeat(10_000), message: "m".repeat(100_000) });
  const found = await end;
  expect(found.log).toHaveLength(64 * 1024);
  expect(found).toMatchObject({ name: "n".repeat(128), message: "m".repeat(4000) });
});

const message = fc.oneof(
  fc.constant(HELLO),
  fc.record({ t: fc.constant("log"), text: fc.string() }),
  fc.record({
    t: fc.constant("ask"),
    id: fc.integer({ min: 0, max: 9 }),
    effect: fc.string(),
    args: anyValue.map((v) => encodeValue(v)),
  }),
  fc.record({ t: fc.constant("done"), value: anyValue.map((v) => encodeValue(v)) }),
  fc.record({ t: fc.constant("failed"), name: fc.string(), message: fc.string() }),
  fc.jsonValue(),
  fc.record({ t: fc.constantFrom("done", "ask", "log", "failed", "hello"), id: fc.jsonValue(), value: fc.jsonValue() }),
);

test("whatever a sandbox says: the run ends once, the sandbox is killed, and no promise is left alone", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          message.map(encodeFrame),
          fc.uint8Array({ maxLength: 20 }).map((b) => Buffer.from(b)),
        ),
        { maxLength: 12 },
      ),
      fc.array(fc.nat(), { maxLength: 10 }),
      async (frames, cuts) => {
        const { link, end } = running({}, 2000);
        const bytes = Buffer.concat(frames);
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
        for (const [i, place] of [...places, bytes.length].entries())
          link.data(bytes.subarray(places[i - 1] ?? 0, place));
        await Promise.resolve();
        link.closed(DEATH);
        expect(["done", "failed", "ended"]).toContain((await end).status);
        expect(link.kills).toBeGreaterThan(0);
      },
    ),
    { numRuns: 500 },
  );
});
