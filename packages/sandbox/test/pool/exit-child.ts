import { DEFAULT_LIMITS } from "../../src/backend.js";
import { bubblewrap } from "../../src/backends/process/process-backend.js";
import { wasmBackend } from "../../src/backends/wasm/wasm.js";
import { Pool } from "../../src/pool/pool.js";

// A host that forgets to close its sandboxes, and has nothing else to do.
const backend = process.argv[2] === "wasm" ? wasmBackend() : bubblewrap();
const pool = new Pool({ ready: 2 });
const profile = { program: "javascript", limits: DEFAULT_LIMITS, mounts: [], env: {} } as const;
const sandbox = await pool.take(backend, profile);
const end = await sandbox.run({
  program: { kind: "javascript", source: "await new Promise((done) => setTimeout(done, 300)); return 7" },
  args: null,
  limits: DEFAULT_LIMITS,
  signal: new AbortController().signal,
  ask: () => Promise.resolve({ ok: false, message: "no" }),
});
await sandbox.stop();
await pool.prepare(backend, profile);
process.stdout.write(JSON.stringify(end));
