import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/backend.js";
import { bubblewrap } from "../../src/backends/process/process-backend.js";
import { decodeValue, encodeValue } from "../../src/protocol/codec.js";
import { encodeFrame, FrameReader } from "../../src/protocol/frames.js";

const RUNNER = fileURLToPath(new URL("../../guest/runner.py", import.meta.url));
const BOUNDS = { frame: 1_000_000, total: 1_000_000, frames: 10 };
const hasPython = await promisify(execFile)("python3", ["--version"]).then(
  () => true,
  () => false,
);

/** What a Python may have in the place of the parts of `json` that are written in C; `json` itself has taken its own before. */
const OTHERS = [
  ["as it is", ""],
  ["without them", "sys.modules['_json'] = None"],
  ["with none of their names", "sys.modules['_json'] = sys"],
  [
    "with a reader that reads otherwise",
    "import json, _json; _json.make_scanner = lambda context: lambda text, at: ({}, len(text))",
  ],
  [
    "with a writer that takes other arguments",
    "import json, _json\nclass Other:\n  def __init__(self, one): pass\n_json.make_encoder = Other",
  ],
] as const;

const SOURCE = `
big = args["big"]
result = [args, type(big).__name__, "\\ud800 \\u20ac \\U0001f600", 1e300, -0.5, 2**53 + 1, b"\\x00\\xff", "a" * 70000]`;

test.for(OTHERS)("the Python runner speaks the same with a Python %s", async ([, prelude], { skip }) => {
  if (!hasPython) skip("there is no python3 on this machine");
  const start = `import sys, runpy\n${prelude}\nsys.argv = ["", "stdio"]\nrunpy.run_path(${JSON.stringify(RUNNER)}, run_name="__main__")`;
  const child = spawn("/usr/bin/env", ["python3", "-I", "-S", "-B", "-c", start], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const messages: unknown[] = [];
  const reader = new FrameReader(BOUNDS);
  child.stdout.on("data", (bytes: Buffer) => messages.push(...reader.take(bytes)));
  const args = {
    big: 2 ** 60,
    text: '"\\ \u2028 \u00e9',
    list: [1, -0, 1.5, null, true, { $x: 1 }],
    date: new Date(5),
  };
  child.stdin.write(encodeFrame({ t: "run", program: { kind: "python", source: SOURCE }, args: encodeValue(args) }));
  await once(child, "close");
  expect(messages).toMatchObject([{ t: "hello", protocol: 1 }, { t: "done" }]);
  const [, done] = messages;
  const value = typeof done === "object" && done !== null ? decodeValue(Reflect.get(done, "value")) : undefined;
  expect(value).toEqual([
    args,
    "float",
    "\ud800 € 😀",
    1e300,
    -0.5,
    2n ** 53n + 1n,
    new Uint8Array([0, 255]),
    "a".repeat(70_000),
  ]);
});

// On a busy machine it may not have come to it yet.
test("a Python that waits has what most programs import, before there is one", { retry: 3 }, async ({ skip }) => {
  const backend = bubblewrap();
  const probe = await backend.probe();
  if (!probe.ok) return skip(`process tier: ${probe.why}`);
  if (!backend.capabilities.programs.includes("python")) return skip("there is no python3 on this machine");
  const sandbox = await backend.start({ program: "python", limits: DEFAULT_LIMITS, mounts: [], env: {} });
  try {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const source = "import sys\nresult = [name in sys.modules for name in ('json', 're', 'struct')]";
    const end = await sandbox.run({
      program: { kind: "python", source },
      args: {},
      limits: DEFAULT_LIMITS,
      signal: new AbortController().signal,
      ask: async () => ({ ok: false, message: "nobody answers" }),
    });
    expect(end).toEqual({ status: "done", value: [true, true, true], log: "" });
  } finally {
    await sandbox.stop();
  }
});
