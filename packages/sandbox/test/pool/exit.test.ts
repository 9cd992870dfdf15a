import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { bubblewrap } from "../../src/backends/process/process-backend.js";
import { wasmBackend } from "../../src/backends/wasm/wasm.js";

// As deep below the package as its sources are: what it reads of the package lies where it looks for it.
const host = fileURLToPath(new URL("../../node_modules/.cache/pool-test/host.mjs", import.meta.url));

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL("./exit-child.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile: host,
  });
});

test.for([wasmBackend(), bubblewrap()])(
  "sandboxes that wait do not keep a host from ending, one that runs does ($isolation)",
  async (backend, context) => {
    const probe = await backend.probe();
    if (!probe.ok) context.skip(`${backend.isolation} by ${backend.name}: ${probe.why}`);
    const child = spawn(process.execPath, [host, backend.isolation], { stdio: ["ignore", "pipe", "inherit"] });
    const late = setTimeout(() => child.kill("SIGKILL"), 40_000);
    const out: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => out.push(bytes));
    const code = await new Promise((resolve) => child.once("close", resolve));
    clearTimeout(late);
    expect(code).toBe(0);
    expect(JSON.parse(Buffer.concat(out).toString())).toEqual({ status: "done", value: 7, log: "" });
  },
);
