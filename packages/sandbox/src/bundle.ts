import { createHash } from "node:crypto";
import { isBuiltin } from "node:module";
import { dirname } from "node:path";
import type { BuildFailure, Message, Plugin } from "esbuild";
import { SandboxError } from "./sandbox-error.js";
import type { ModuleTool } from "./tools.js";

/** A tool's module with all that it imports, as one ES module. */
export interface Bundle {
  readonly source: string;
  /** The name under which {@link source} exports the tool's function. */
  readonly export: string;
  /** SHA-256 of the source, in hexadecimal: which code a call ran. */
  readonly digest: string;
}

/** Bytes of a bundle. Every sandbox reads it anew. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Bundles a module tool with what it imports, so that it runs where there are no files; its code is read and never run.
 * Modules of Node itself are taken only where the tool cannot be placed in wasm, which has none of them.
 * Rejects with a {@link SandboxError} `bad_module` that names what is wrong with the module, and where.
 */
export async function bundleModule(tool: ModuleTool): Promise<Bundle> {
  const { build } = await import("esbuild");
  const inWasm = tool.in === undefined || tool.in.includes("wasm");
  const files = await build({
    // Through an entry of our own, what the tool's export does not use is left out.
    stdin: {
      contents: `export { ${JSON.stringify(tool.export)} as ${JSON.stringify(tool.export)} } from ${JSON.stringify(tool.entry)};`,
      resolveDir: dirname(tool.entry),
      sourcefile: "the tool's registration",
      loader: "js",
    },
    absWorkingDir: dirname(tool.entry),
    bundle: true,
    write: false,
    format: "esm",
    platform: inWasm ? "neutral" : "node",
    mainFields: ["module", "main"],
    conditions: ["module", "import", "default"],
    target: "es2023",
    charset: "utf8",
    legalComments: "none",
    // Of errors, only words come out of a sandbox: lines and blanks would be read for nothing.
    minifyWhitespace: true,
    keepNames: true,
    // What some packages call to reach modules of Node; an ES module has none.
    banner: inWasm ? {} : { js: 'import { createRequire as $r } from "node:module"; const require = $r("/");' },
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
    plugins: [builtins(inWasm)],
  }).then(
    ({ outputFiles }) => outputFiles,
    (error: unknown) => {
      throw new SandboxError("bad_module", `${tool.entry} cannot be bundled: ${reason(error)}`);
    },
  );
  const source = files[0]?.text ?? "";
  if (Buffer.byteLength(source) > MOST_BYTES)
    throw new SandboxError("bad_module", `${tool.entry} and what it imports take more than ${MOST_BYTES} bytes`);
  return { source, export: tool.export, digest: createHash("sha256").update(source).digest("hex") };
}

/** Modules of Node: left as imports, or refused with the name of who wants them. */
function builtins(inWasm: boolean): Plugin {
  return {
    name: "writ-builtins",
    setup(build) {
      build.onResolve({ filter: /^https?:/ }, ({ path }) => ({
        errors: [{ text: `it imports ${path}: a bundle takes nothing from the network` }],
      }));
      build.onResolve({ filter: /^[a-z_/:0-9]+$/ }, ({ path, kind }) => {
        if (!isBuiltin(path) || kind === "entry-point") return undefined;
        const name = path.startsWith("node:") ? path : `node:${path}`;
        if (!inWasm) return { path: name, external: true };
        const text = `it imports ${name}, which wasm has not: use what the sandbox gives (world.files, fetch), or register the tool with \`in\` that leaves out "wasm"`;
        return { errors: [{ text }] };
      });
    },
  };
}

/** The first errors in one line each, with the place. */
function reason(error: unknown): string {
  if (!isFailure(error)) return error instanceof Error ? error.message : "unknown";
  return error.errors
    .slice(0, 5)
    .map(({ text, location }: Message) =>
      location === null ? text : `${text} (${location.file}:${location.line}:${location.column + 1})`,
    )
    .join("; ");
}

function isFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
