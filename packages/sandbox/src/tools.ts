import { fileURLToPath } from "node:url";
import type { WalledIsolation } from "@writ/runtime";
import type { ProgramKind } from "./backend.js";
import { SandboxError } from "./sandbox-error.js";

/** How a tool can be run behind walls. */
export type SandboxedTool = ModuleTool | CodeTool;

/** A function of a module of the team's own; it is bundled once, with what it imports, when the guard starts. */
export interface ModuleTool {
  readonly kind: "module";
  /** The file on disk. */
  readonly entry: string;
  readonly export: string;
  /** Where it can run; all isolations that take JavaScript where unsaid. */
  readonly in?: readonly WalledIsolation[] | undefined;
}

/** An argument of the call is the program. It never runs inline. */
export interface CodeTool {
  readonly kind: "code";
  readonly language: Exclude<ProgramKind, "module">;
  /** The argument that holds the program's text. */
  readonly argument: string;
  readonly in?: readonly WalledIsolation[] | undefined;
}

interface Where {
  readonly in?: readonly WalledIsolation[];
}

/** A tool that is the export `name` of a module: `module(new URL("./scrape.js", import.meta.url), "scrape")`. */
export function module(entry: URL, name: string, options: Where = {}): ModuleTool {
  if (!(entry instanceof URL) || entry.protocol !== "file:")
    throw new SandboxError("bad_option", "module(entry, export): entry is a URL of a file");
  if (typeof name !== "string" || name === "")
    throw new SandboxError("bad_option", "module(entry, export): export is the name of what the module exports");
  return { kind: "module", entry: fileURLToPath(entry), export: name, in: options.in };
}

/** A tool whose argument is a program: `code("shell", "cmd")`. */
export function code(language: CodeTool["language"], argument: string, options: Where = {}): CodeTool {
  if (language !== "javascript" && language !== "python" && language !== "shell")
    throw new SandboxError("bad_option", `code(language, argument): no language ${String(language)}`);
  if (typeof argument !== "string" || argument === "")
    throw new SandboxError(
      "bad_option",
      "code(language, argument): argument names the argument that holds the program",
    );
  return { kind: "code", language, argument, in: options.in };
}
