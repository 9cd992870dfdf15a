import { readFile, stat } from "node:fs/promises";
import { BUNDLE_BOUNDS, copyJson, digest, type Bundle } from "@writ/ir";
import { decodeBundle } from "@writ/ir/decode";
import { compile, type Compilation } from "../compile.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { escapeText, renderDiagnostics } from "../diagnostics/render.js";
import { fileHost, reasonOf, type FileHostOptions } from "./file-host.js";

/** A policy that a guard can be given. */
export interface LoadedPolicy {
  readonly bundle: Bundle;
  /** `sha256:` and the SHA-256 of the bundle's canonical bytes. */
  readonly digest: string;
}

/** A policy that cannot be used. `message` is rendered for people; `diagnostics` says the same as data. */
export class PolicyError extends Error {
  /** `invalid_policy`: it does not check; `invalid_bundle`: a bundle.json that is none; `empty_policy`: no rules; `unreadable`. */
  readonly code: "invalid_policy" | "invalid_bundle" | "empty_policy" | "unreadable";
  readonly diagnostics: readonly Diagnostic[];

  constructor(code: PolicyError["code"], message: string, diagnostics: readonly Diagnostic[] = []) {
    super(message);
    this.name = "PolicyError";
    this.code = code;
    this.diagnostics = diagnostics;
  }
}

/** Compiles a policy's file and what it uses; sources are named relative to its folder. */
export async function compileFile(path: string, options: FileHostOptions = {}): Promise<Compilation> {
  return compile(path, fileHost(path, options));
}

/**
 * A policy for a guard: a `.policy` file is compiled, a `.json` file is decoded as a bundle. Rejects with
 * {@link PolicyError} where it has errors, and where it has no rules: a guard does not start without a policy.
 */
export async function loadPolicy(path: string, options: FileHostOptions = {}): Promise<LoadedPolicy> {
  const loaded = path.endsWith(".json") ? await loadBundle(path) : await loadSource(path, options);
  if (loaded.bundle.rules.length === 0) {
    throw new PolicyError(
      "empty_policy",
      `${escapeText(path)} has no rules: it would refuse every call. Add an allow or an ask`,
    );
  }
  return loaded;
}

async function loadSource(path: string, options: FileHostOptions): Promise<LoadedPolicy> {
  const { bundle, digest: sum, diagnostics, sources } = await compileFile(path, options);
  if (bundle !== undefined && sum !== undefined) return { bundle, digest: sum };
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  throw new PolicyError(
    "invalid_policy",
    `the policy does not check\n\n${renderDiagnostics(errors, sources)}`,
    diagnostics,
  );
}

async function loadBundle(path: string): Promise<LoadedPolicy> {
  const json = parseJson(await readBundle(path), path);
  const copied = copyJson(json, BUNDLE_BOUNDS);
  if (!copied.ok)
    throw new PolicyError("invalid_bundle", `${escapeText(path)} is not a bundle: ${escapeText(copied.fault.message)}`);
  const decoded = decodeBundle(copied.value);
  if (!decoded.ok) {
    throw new PolicyError(
      "invalid_bundle",
      `${escapeText(path)} is not a bundle: ${escapeText(`${decoded.fault.path} ${decoded.fault.message}`.trim())}`,
    );
  }
  return { bundle: decoded.value, digest: digest(copied.value) };
}

async function readBundle(path: string): Promise<string> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new PolicyError("unreadable", `${escapeText(path)} is not a regular file`);
    if (stats.size > BUNDLE_BOUNDS.bytes)
      throw new PolicyError("invalid_bundle", `${escapeText(path)} is larger than a bundle may be`);
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    throw new PolicyError("unreadable", `${escapeText(path)} cannot be read: ${reasonOf(error)}`);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyError("invalid_bundle", `${escapeText(path)} is not JSON`);
  }
}
