/*
 * A host of containers in a process of its own, for a test that kills it. It is given the tier and how many, and says so
 * when they run.
 */
import { DEFAULT_LIMITS, type Program } from "../../src/backend.js";
import { containerBackend, gvisorBackend } from "../../src/backends/container/container-backend.js";

const [tier = "container", count = "4"] = process.argv.slice(2);
const backend = tier === "gvisor" ? gvisorBackend() : containerBackend();

async function start(n: number): Promise<void> {
  const sandbox = await backend.start({ program: "javascript", limits: DEFAULT_LIMITS, mounts: [], env: {} });
  // Some never read the end of their input.
  const program: Program = {
    kind: "javascript",
    source: n % 10 === 0 ? "for (;;);" : "await new Promise(() => setInterval(() => {}, 1000))",
  };
  const ask = async (): Promise<{ ok: false; message: string }> => ({ ok: false, message: "nobody answers" });
  void sandbox.run({ program, args: {}, limits: DEFAULT_LIMITS, signal: new AbortController().signal, ask });
}

const waiting = Array.from({ length: Number(count) }, (_, n) => n);
await Promise.all(
  Array.from({ length: 5 }, async () => {
    for (let n = waiting.pop(); n !== undefined; n = waiting.pop()) await start(n);
  }),
);
console.log("running");
setInterval(() => undefined, 1000);
