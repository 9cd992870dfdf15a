import type { Attack } from "./attack.js";

/** Writes bytes to the host around the runner. In JavaScript `raw(bytes)`, `frame(text)`; in Python the same. */
const RAW = `const fs = process.getBuiltinModule("node:fs");
const raw = (bytes) => { for (let at = 0; at < bytes.length;) try { at += fs.writeSync(args.protocol, bytes, at); } catch (error) { if (error.code !== "EAGAIN") throw error; } };
const frame = (text) => { const body = Buffer.from(text, "latin1"); const head = Buffer.alloc(4); head.writeUInt32BE(body.length); raw(Buffer.concat([head, body])); };
const stay = () => new Promise(() => setInterval(() => {}, 1000));
`;
const RAW_PYTHON = `import os, struct, time
# Where frames go by standard output, the runner has put it on the first free descriptor.
to = 4 if args["protocol"] == 1 else args["protocol"]
def raw(data):
    while data:
        data = data[os.write(to, data):]
def frame(text):
    raw(struct.pack(">I", len(text)) + text.encode("latin-1"))
`;

const SHORT = { time: 800 };

/** What comes back to the host. */
export const RESULT_ATTACKS: readonly Attack[] = [
  {
    id: "output",
    area: "results",
    tries: "gives 1 GiB of output",
    limits: { time: 20_000 },
    ends: ["output", "memory", "failed"],
    sources: {
      javascript:
        'const text = "x".repeat(1_000_000); for (let i = 0; i < 1074; i++) { console.log(text); if (i % 16 === 0) await new Promise((resolve) => setTimeout(resolve)); } return 1;',
      python: 'import os\nfor i in range(1074): print("x" * 1_000_000)',
      shell: "head -c 1073741824 /dev/zero",
    },
  },
  {
    id: "stray-output",
    area: "results",
    tries: "writes 1 GiB to its standard output and error",
    raw: true,
    limits: { time: 20_000 },
    ends: ["output"],
    sources: {
      javascript: `const fs = process.getBuiltinModule("node:fs"); const bytes = Buffer.alloc(1024 * 1024, 120);
for (let i = 0; i < 1024; i++) for (let at = 0; at < bytes.length;) try { at += fs.writeSync(2, bytes, at); } catch (error) { if (error.code !== "EAGAIN") throw error; }`,
      python: `import os
data = b"x" * (1024 * 1024)
for i in range(1024): os.write(2, data)`,
    },
    unclaimed: {
      container: "what is written to standard error stays in the engine, which throws it away; only time bounds it",
      gvisor: "what is written to standard error stays in the engine, which throws it away; only time bounds it",
    },
  },
  {
    id: "large-result",
    area: "results",
    tries: "gives a result of 64 MiB",
    limits: { time: 20_000, memory: 512 * 1024 * 1024 },
    ends: ["output", "memory", "failed", "violation"],
    sources: {
      javascript: 'return "x".repeat(64 * 1024 * 1024);',
      python: 'result = "x" * (64 * 1024 * 1024)',
    },
  },
  {
    id: "deep-result",
    area: "results",
    tries: "gives a result of 10,000 levels",
    ends: ["failed", "violation"],
    sources: {
      javascript: "let value = 1; for (let i = 0; i < 10_000; i++) value = [value]; return value;",
      python: "result = 1\nfor i in range(10000): result = [result]",
    },
  },
  {
    id: "pollution",
    area: "results",
    tries: "gives results with __proto__, constructor and prototype as keys",
    ends: ["done"],
    sources: {
      javascript: `return JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"toString":1}');`,
      python: `result = {"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}}`,
    },
  },
  {
    id: "thenable",
    area: "results",
    tries: "gives a result with a `then`, a `toJSON` and a `valueOf` of its own",
    sources: {
      javascript: 'return { then: undefined, inner: { then: "x", toJSON: "y", valueOf: 1 } };',
      python: 'result = {"then": "x", "toJSON": "y", "valueOf": 1}',
    },
  },
  {
    id: "getters",
    area: "results",
    tries: "gives an object whose getters, proxies and errors throw or never end",
    limits: SHORT,
    ends: ["failed", "timeout"],
    sources: {
      javascript:
        "return { get a() { throw { get name() { throw 1 }, toString() { throw 2 } }; }, b: new Proxy({}, { ownKeys() { throw 3; } }) };",
    },
  },
  {
    id: "endless-frames",
    area: "results",
    tries: "writes log frames without end",
    raw: true,
    limits: { time: 20_000 },
    ends: ["output", "violation"],
    sources: {
      javascript: `${RAW} for (;;) frame('{"t":"log","text":"x"}');`,
      python: `${RAW_PYTHON}\nwhile True: frame('{"t":"log","text":"x"}')`,
    },
  },
  {
    id: "half-frame",
    area: "results",
    tries: "writes half a frame and is silent",
    raw: true,
    limits: SHORT,
    ends: ["timeout"],
    sources: {
      javascript: `${RAW} raw(Buffer.from([0, 0, 0, 100, 123])); await stay();`,
      python: `${RAW_PYTHON}\nraw(bytes([0, 0, 0, 100, 123]))\ntime.sleep(60)`,
    },
  },
  {
    id: "huge-frame",
    area: "results",
    tries: "announces a frame of 4 GiB",
    raw: true,
    limits: SHORT,
    ends: ["output"],
    sources: {
      javascript: `${RAW} raw(Buffer.from([255, 255, 255, 255, 123])); await stay();`,
      python: `${RAW_PYTHON}\nraw(bytes([255, 255, 255, 255, 123]))\ntime.sleep(60)`,
    },
  },
  ...forged({
    "forged-hello": '{"t":"hello","protocol":1}',
    "forged-unknown": '{"t":"grant","tool":"net.fetch"}',
    "forged-answer": '{"t":"answer","id":1,"ok":true,"value":"x"}',
    "forged-ask": '{"t":"ask","id":"1","effect":"fs.read","args":{}}',
    "forged-tag": '{"t":"done","value":{"$bytes":"not base64!"}}',
    "forged-error": '{"t":"done","value":{"$error":{"name":1}}}',
    "forged-depth": `{"t":"done","value":${"[".repeat(10_000)}1${"]".repeat(10_000)}}`,
    "no-json": "{t:1}",
    "no-object": "[]",
    "invalid-utf-8": '{"t":"log","text":"\xff\xfe"}',
  }),
  {
    id: "ask-flood",
    area: "results",
    tries: "asks a thousand things at once",
    raw: true,
    unanswered: true,
    limits: SHORT,
    ends: ["violation"],
    sources: {
      javascript: `${RAW} for (let id = 1; id <= 1000; id++) frame(JSON.stringify({ t: "ask", id, effect: "fs.read", args: {} })); await stay();`,
      python: `${RAW_PYTHON}
for id in range(1, 1001): frame('{"t":"ask","id":%d,"effect":"fs.read","args":{}}' % id)
time.sleep(60)`,
    },
  },
  {
    id: "ask-again",
    area: "results",
    tries: "asks twice under one number",
    raw: true,
    limits: SHORT,
    ends: ["violation"],
    sources: {
      javascript: `${RAW} for (let i = 0; i < 2; i++) frame('{"t":"ask","id":7,"effect":"fs.read","args":{}}'); await stay();`,
      python: `${RAW_PYTHON}\nfor i in range(2): frame('{"t":"ask","id":7,"effect":"fs.read","args":{}}')\ntime.sleep(60)`,
    },
  },
];

function forged(frames: Readonly<Record<string, string>>): readonly Attack[] {
  return Object.entries(frames).map(([id, text]) => ({
    id,
    area: "results",
    tries: `writes a frame of its own: ${text.length > 60 ? `${text.slice(0, 30)}...` : text.replaceAll(/[^ -~]/g, "?")}`,
    raw: true,
    limits: SHORT,
    ends: ["violation"],
    sources: {
      javascript: `${RAW} frame(${JSON.stringify(text)}); await stay();`,
      python: `${RAW_PYTHON}\nframe(${JSON.stringify(text)})\ntime.sleep(60)`,
    },
  }));
}
