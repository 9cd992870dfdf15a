import { createPrivateKey } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle, Json } from "@writ/ir";
import { AuditError, GuardError } from "@writ/runtime";
import type { Person, SealOpener } from "@writ/testing";
import type { Arguments } from "../arguments.js";
import { isFolder, readText } from "../audit-input.js";
import { compileInput, type Compiled } from "../compile-input.js";
import { Fault } from "../fault.js";
import { readObject, readObjects } from "../read-object.js";

/** Recorded calls: a file or a folder of runs, or the folder of an audit log. */
export interface Source {
  readonly kind: "traces" | "log";
  readonly path: string;
}

/** What replays are made under besides a policy. */
export interface ReplayGiven {
  readonly user: Person | undefined;
  readonly approvers: readonly Person[] | undefined;
  readonly facts: { readonly [name: string]: Json };
  readonly params: { readonly [name: string]: Json };
  readonly key: SealOpener | undefined;
}

/** Throws a {@link Fault} where the path leads to nothing that holds recorded calls. */
export async function readSource(path: string): Promise<Source> {
  if (path === "-") throw new Fault("recorded calls are not read from standard input", "give a file or a folder");
  if (!(await isFolder(path))) {
    if (!(await stat(path)).isFile()) throw new Fault(`${path} is no regular file`);
    return { kind: "traces", path };
  }
  const isLog = await isThere(join(path, "log.pub"));
  return { kind: isLog ? "log" : "traces", path };
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Reads the options that `replay` and `diff` share. */
export async function readGiven(args: Arguments, source: Source | undefined): Promise<ReplayGiven> {
  const person = (option: string, claims: { readonly [name: string]: Json }): Person => {
    const { id } = claims;
    if (typeof id !== "string" || id === "") throw new Fault(`--${option} has no id`, 'it looks like {"id":"ann"}');
    return { ...claims, id };
  };
  const approvers = readObjects(args, "approver").map((claims) => person("approver", claims));
  const key = args.value("key");
  if (key !== undefined && source?.kind !== "log") throw new Fault("--key opens sealed arguments of an audit log");
  return {
    user: args.value("user") === undefined ? undefined : person("user", readObject(args, "user")),
    approvers: approvers.length === 0 ? undefined : approvers,
    facts: readObject(args, "facts"),
    params: readObject(args, "params"),
    key: key === undefined || source === undefined ? undefined : await readOpener(source.path, key),
  };
}

/** Of the values that were given for several policies, those that one declares. */
export function paramsOf(bundle: Bundle, given: ReplayGiven["params"]): ReplayGiven["params"] {
  const declared = new Set(bundle.params.map(({ name }) => name));
  return Object.fromEntries(Object.entries(given).filter(([name]) => declared.has(name)));
}

async function readOpener(folder: string, key: string): Promise<SealOpener> {
  const [origin = ""] = (await readText("", join(folder, "log.pub"))).split("+");
  const privateKey = await readText("--key", key);
  try {
    if (createPrivateKey(privateKey).asymmetricKeyType === "x25519") return { origin, privateKey };
  } catch {
    // said below
  }
  throw new Fault(`${key} holds no private key for sealed arguments`, "it is the file that writ audit keygen wrote");
}

/** A policy that compiled. */
export interface Candidate {
  readonly compiled: Compiled;
  readonly bundle: Bundle;
}

/** Compiles a policy; one with errors has no bundle. */
export async function readCandidate(file: string): Promise<Candidate | { readonly compiled: Compiled }> {
  const compiled = await compileInput(file);
  const { bundle } = compiled.compilation;
  return bundle === undefined ? { compiled } : { compiled, bundle };
}

/** What a guard or a log refuses is the user's to mend: said in one line. */
export async function mendable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GuardError || error instanceof AuditError) throw new Fault(error.message);
    throw error;
  }
}
