import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { inProcess } from "../child.js";
import { installPacked } from "../packed-install.js";
import { median } from "../statistics.js";
import { IMPORTED, type Imported } from "./imported.js";

/** What an import costs in a fresh process, in milliseconds, and in bytes. */
export interface ImportCost {
  readonly name: Imported;
  /** As installed: the files of the published package. */
  readonly ms: number;
  /** Of Writ only: bundled and minified by esbuild. */
  readonly bundled?: Bundled;
}

export interface Bundled {
  readonly ms: number;
  /** The import and what a guard or a policy then reads at once, which `createGuard` and `loadProgram` wait for. */
  readonly started: number;
  /** Minified and gzipped: what the import loads. */
  readonly bytes: number;
  /** The same of what is loaded later, by policies that need it. */
  readonly onDemand: number;
}

const SCRIPT = join(import.meta.dirname, "import-cell.js");
const SIZED: readonly Imported[] = ["@writ/runtime", "@writ/runtime/decide"];

/** Installs the runtime, and gives a script there that writes the milliseconds that importing the name it is given takes. */
async function timeImport(folder: string): Promise<string> {
  await installPacked(folder, ["ir", "runtime"]);
  const script = join(folder, "time-import.mjs");
  await writeFile(
    script,
    "const begun = performance.now();\nawait import(process.argv[2]);\nprocess.stdout.write(String(performance.now() - begun));\n",
  );
  return script;
}

/** Times imports in fresh processes, in turns, so many rounds. Bundles go below the folder. */
export async function importCosts(rounds: number, folder: string): Promise<readonly ImportCost[]> {
  const installed = await timeImport(join(folder, "installed"));
  const scripts = IMPORTED.map((name) => ({
    key: name as string,
    script: SIZED.includes(name) ? installed : SCRIPT,
    args: [name],
  }));
  const sizes = new Map<Imported, Awaited<ReturnType<typeof bundle>>>();
  for (const [i, name] of SIZED.entries()) {
    const made = await bundle(name, join(folder, `bundled-${i}`));
    sizes.set(name, made);
    for (const script of [made.script, made.start]) scripts.push({ key: script, script, args: [] });
  }
  const times = new Map(scripts.map(({ key }) => [key, [] as number[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const { key, script, args } of scripts) {
      const ran = await inProcess(script, args, 60_000);
      if (!ran.ok) throw new Error(`import ${key}: ${ran.why}`);
      times.get(key)?.push(Number(ran.line));
    }
  return IMPORTED.map((name) => {
    const ms = median(times.get(name) ?? []);
    const made = sizes.get(name);
    if (made === undefined) return { name, ms };
    const { script, start, bytes, onDemand } = made;
    const [alone, started] = [script, start].map((key) => median(times.get(key) ?? []));
    return { name, ms, bundled: { ms: alone ?? ms, started: started ?? ms, bytes, onDemand } };
  });
}

/** Bundles an entry as a host's bundler would, with what is imported later in files of its own, and a script that times it. */
async function bundle(
  name: Imported,
  folder: string,
): Promise<{ readonly script: string; readonly start: string; readonly bytes: number; readonly onDemand: number }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from ${JSON.stringify(name)};`, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "node",
    outdir: folder,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of outputs.get(file)?.imports ?? [])
      if (kind === "import-statement") visit(basename(path));
  };
  visit("stdin.js");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
  let [bytes, onDemand] = [0, 0];
  for (const { path, contents } of outputFiles) {
    await writeFile(path, contents);
    const size = gzipSync(contents, { level: 9 }).length;
    if (loaded.has(basename(path))) bytes += size;
    else onDemand += size;
  }
  const [script, start] = [join(folder, "time-import.js"), join(folder, "time-start.js")];
  // A bundle that is none is refused, once what reads bundles is there.
  for (const [file, then] of [
    [script, ""],
    [start, "await (made.createGuard ?? made.loadProgram)({}).catch(() => undefined);\n"],
  ] as const)
    await writeFile(
      file,
      `const begun = performance.now();\nconst made = await import("./stdin.js");\n${then}process.stdout.write(String(performance.now() - begun));\n`,
    );
  return { script, start, bytes, onDemand };
}
