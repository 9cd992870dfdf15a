/*
 * A host of sandboxes in a process of its own, for tests that kill it or start it as somebody else. It is bundled by
 * host.test.ts; the first argument says what it does, the second is for that.
 */
import { DEFAULT_LIMITS, type Program } from "../../src/backend.js";
import { bubblewrap, landlock } from "../../src/backends/process/process-backend.js";
import { escaped, ESCAPE_LIST, escapeTable, tryEscapes } from "../../src/escape/index.js";

const MIB = 1024 * 1024;
const [what = "", argument = ""] = process.argv.slice(2);
const backend = bubblewrap({ permissionModel: argument !== "bare-kernel" });

async function start(program: Program, memory: number): Promise<void> {
  const limits = { ...DEFAULT_LIMITS, memory };
  const sandbox = await backend.start({ program: program.kind, limits, mounts: [], env: {} });
  const ask = async (): Promise<{ ok: false; message: string }> => ({ ok: false, message: "nobody answers" });
  void sandbox.run({ program, args: {}, limits, signal: new AbortController().signal, ask });
}

/** Copies a file in a folder behind Landlock, where the folder may be written and where it may only be read. */
async function copyInside(folder: string): Promise<readonly string[]> {
  const source = `const fs = process.getBuiltinModule("fs");
    fs.writeFileSync(args.folder + "/out-" + args.mode, fs.readFileSync(args.folder + "/in"));`;
  const ends: string[] = [];
  for (const mode of ["write", "read"] as const) {
    const mounts = [{ path: folder, mode }];
    const sandbox = await landlock().start({ program: "javascript", limits: DEFAULT_LIMITS, mounts, env: {} });
    const ask = async (): Promise<{ ok: false; message: string }> => ({ ok: false, message: "nobody answers" });
    const signal = new AbortController().signal;
    const program = { kind: "javascript", source } as const;
    const end = await sandbox.run({ program, args: { folder, mode }, limits: DEFAULT_LIMITS, signal, ask });
    ends.push(end.status);
  }
  return ends;
}

switch (what) {
  case "fifty":
    for (let i = 0; i < 10; i += 1)
      await Promise.all([
        start({ kind: "shell", source: `(setsid sleep ${argument} &); trap '' TERM; sleep ${argument}` }, 128 * MIB),
        start({ kind: "shell", source: `sleep ${argument} & wait` }, 128 * MIB),
        // Its heap's size is on its command line, which is how it is found.
        start({ kind: "javascript", source: "for (;;);" }, 137 * MIB),
        start({ kind: "javascript", source: "await new Promise(() => setInterval(() => {}, 1000))" }, 137 * MIB),
        start({ kind: "python", source: "import time\ntime.sleep(1000)" }, 128 * MIB),
      ]);
    console.log("fifty");
    setInterval(() => undefined, 1000);
    break;
  case "prove": {
    const probe = await backend.probe();
    const attacks = ESCAPE_LIST.filter(({ limits, raw }) => limits === undefined && raw !== true);
    const rows = probe.ok ? await tryEscapes(backend, { attacks, protocol: 3 }) : [];
    console.log(JSON.stringify({ uid: process.getuid?.(), probe, rows: rows.length, escaped: escaped(rows) }));
    break;
  }
  case "both": {
    const [first, second] = await Promise.all([backend.probe(), landlock().probe()]);
    console.log(JSON.stringify({ bubblewrap: first, landlock: second, mounted: await copyInside(argument) }));
    break;
  }
  case "landlock": {
    const weak = landlock({ permissionModel: false });
    const probe = await weak.probe();
    const attacks = ESCAPE_LIST.filter(({ area }) => area !== "results");
    const rows = probe.ok ? await tryEscapes(weak, { attacks, protocol: 3 }) : [];
    console.log(escapeTable("process by landlock, as an ordinary user, without Node's permission model", rows));
    console.log(JSON.stringify({ uid: process.getuid?.(), probe, escaped: escaped(rows) }));
    break;
  }
  case "descriptors": {
    const attacks = ESCAPE_LIST.filter(({ id }) => id === "descriptors");
    // What a program finds is handed back as it is: the test knows the secret.
    const found = [];
    for (const { sources } of attacks)
      for (const kind of ["javascript", "python", "shell"] as const) {
        const source = sources[kind] ?? "";
        const sandbox = await backend.start({ program: kind, limits: DEFAULT_LIMITS, mounts: [], env: {} });
        const ask = async (): Promise<{ ok: false; message: string }> => ({ ok: false, message: "nobody answers" });
        const signal = new AbortController().signal;
        found.push(await sandbox.run({ program: { kind, source }, args: {}, limits: DEFAULT_LIMITS, signal, ask }));
      }
    console.log(JSON.stringify(found));
    break;
  }
  default:
    throw new Error(`nothing to do for ${what}`);
}
