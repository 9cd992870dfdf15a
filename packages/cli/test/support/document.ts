import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { HOOKS } from "./writ.js";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../../../..");

/** The fenced blocks of a document of the repository in one language, in order. */
export async function blocks(document: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(ROOT, document), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    (match) => match[1] ?? "",
  );
}

/** Blocks as one program in which each has a scope of its own, as examples that are not one story need. */
export function apart(examples: readonly string[], context: string): string {
  const imports = new Set<string>();
  const bodies = examples.map((example) =>
    example.replaceAll(/^import [^;]*;\n/gm, (line) => {
      const [, names = "", from = ""] = /^import \{([^}]*)\} from (".*");/.exec(line) ?? [];
      for (const name of names.split(",")) imports.add(`import { ${name.trim()} } from ${from};`);
      return "";
    }),
  );
  const scopes = bodies.map((body) => `await (async () => {\n${body}\n})();`);
  return [...imports, context, ...scopes].join("\n");
}

/** What a program of a document did. */
export interface Ran {
  /** The folder in which it ran, with what it left there. */
  readonly cwd: string;
  readonly out: string;
  /** What the type checker says, against the sources of the packages; empty where all is well. */
  readonly types: string;
}

/**
 * Checks the types of a program and runs it, in a folder of its own with the given files, on the sources of the packages.
 * Rejects where it fails to run.
 */
export async function runProgram(program: string, files: Readonly<Record<string, string>>): Promise<Ran> {
  const cwd = await written({ ...files, "program.mts": program });
  const types = await typeCheck(cwd);
  const hooks = pathToFileURL(HOOKS).href;
  const options = ["--disable-warning=ExperimentalWarning", "--import", hooks, "program.mts"];
  const { stdout } = await run(process.execPath, options, { cwd, timeout: 60_000 });
  return { cwd, out: stdout, types };
}

/** What the type checker says of a program that is not run. */
export async function typesOf(program: string): Promise<string> {
  return typeCheck(await written({ "program.mts": program }));
}

/** A folder below this package, so that its dependencies are found. */
async function written(files: Readonly<Record<string, string>>): Promise<string> {
  const cwd = await mkdtemp(join(import.meta.dirname, "..", ".readme-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  return cwd;
}

async function typeCheck(cwd: string): Promise<string> {
  const source = (file: string): readonly string[] => [join(ROOT, "packages", file)];
  const compilerOptions = {
    noEmit: true,
    composite: false,
    incremental: false,
    // An example may leave what it shows unused, and says with comments what its cases do.
    noUnusedLocals: false,
    noFallthroughCasesInSwitch: false,
    allowImportingTsExtensions: true,
    paths: {
      "@writ/ir": source("ir/src/index.ts"),
      "@writ/ir/*": source("ir/src/*/index.ts"),
      "@writ/policy": source("policy/src/index.ts"),
      "@writ/policy/node": source("policy/src/node/index.ts"),
      "@writ/runtime": source("runtime/src/index.ts"),
      "@writ/runtime/node": source("runtime/src/node/index.ts"),
      "@writ/runtime/export": source("runtime/src/export/index.ts"),
      "@writ/runtime/jwt": source("runtime/src/identity/jwt.ts"),
      "@writ/runtime/decide": source("runtime/src/decide.ts"),
      "@writ/runtime/rehearsal": source("runtime/src/rehearsal.ts"),
      "@writ/testing": source("testing/src/index.ts"),
    },
  };
  const config = { extends: join(ROOT, "tsconfig.base.json"), compilerOptions, files: ["program.mts"] };
  await writeFile(join(cwd, "tsconfig.json"), JSON.stringify(config));
  try {
    await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "."], { cwd });
    return "";
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}
