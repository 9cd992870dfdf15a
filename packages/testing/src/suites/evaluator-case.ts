import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bundle, Decision, Json, Request } from "@writ/ir";
import { decodeBundle, decodeRequest } from "@writ/ir/decode";
import { UnmetRequirement } from "./case.js";

/** A call of the session before the one that is decided, oldest first. Times in milliseconds since 1970. */
export interface PastCall {
  readonly tool: string;
  readonly args: Json;
  readonly at: number;
  /** `running`: it was started and has not ended. */
  readonly outcome: "ok" | "failed" | "denied" | "running";
  readonly result?: Json;
}

/** What a decision may look at besides the request. What is not given is not there: see spec/cases/README.md. */
export interface EvaluatorScene {
  /** Exactly these roles are held; absent: roles are tested on the claims of the request. */
  readonly roles?: readonly string[];
  readonly params?: { readonly [name: string]: Json };
  /** What the host answers to a fact, whatever it is asked with. One that is not here failed. */
  readonly facts?: { readonly [name: string]: Json };
  /** What the user said, in order. */
  readonly said?: readonly string[];
  /** Labels that what was read so far has. */
  readonly labels?: readonly string[];
  /** What each detector finds: any of these texts, wherever one stands. One that is not here is unavailable. */
  readonly detectors?: { readonly [name: string]: readonly string[] };
  readonly calls?: readonly PastCall[];
  /** What the tool returns, where the call may be made. */
  readonly returns?: Json;
}

/** What the rules about results left of what came back; withheld `by` one of them. */
export type ExpectedResult =
  | { readonly kept: true; readonly content: Json }
  | { readonly kept: false; readonly by: string };

/** One request of a case and what must hold of its decision; what is absent may be anything. */
export interface EvaluatorSample {
  readonly request: Request;
  readonly scene: EvaluatorScene;
  readonly expected: ExpectedDecision;
}

export interface ExpectedDecision {
  readonly effect: Decision["effect"];
  /** All of them, in any order. */
  readonly reasons: Decision["reasons"];
  /** All of them, in any order; of each, the members that stand here. */
  readonly demands?: readonly { readonly [member: string]: Json }[];
  /** All of them, in any order. */
  readonly limits?: Decision["limits"];
  readonly tier?: Decision["tier"];
  readonly fault?: { readonly path: string; readonly code: string };
  /** The canonical arguments, as the tool receives them. */
  readonly args?: Json;
  readonly result?: ExpectedResult;
}

/** A folder of `spec/cases`. */
export interface EvaluatorCase {
  /** `topic/case` */
  readonly name: string;
  readonly bundle: Bundle;
  readonly samples: readonly EvaluatorSample[];
}

/** The names of all cases below a folder, sorted. */
export function caseNames(folder: string | URL): readonly string[] {
  const root = typeof folder === "string" ? folder : fileURLToPath(folder);
  const folders = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .toSorted();
  return folders(root).flatMap((topic) => folders(join(root, topic)).map((name) => `${topic}/${name}`));
}

/** Reads one case. Throws an {@link UnmetRequirement} where a file is not what it should be. */
export function readCase(folder: string | URL, name: string): EvaluatorCase {
  const root = join(typeof folder === "string" ? folder : fileURLToPath(folder), name);
  const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));
  const bundle = decodeBundle(read("bundle.json"));
  if (!bundle.ok) throw new UnmetRequirement(`${name}/bundle.json: ${bundle.fault.path} ${bundle.fault.message}`);
  const requests = read("requests.json");
  const decisions = read("decisions.json");
  if (!isList(requests) || !isList(decisions) || requests.length !== decisions.length)
    throw new UnmetRequirement(`${name}: requests.json and decisions.json are lists of one length`);
  const samples = requests.map((entry, i): EvaluatorSample => {
    const expected = decisions[i];
    const decoded = isObject(entry) ? decodeRequest(entry["request"]) : undefined;
    const scene = isObject(entry) ? (entry["scene"] ?? {}) : undefined;
    if (decoded?.ok !== true || !isScene(scene))
      throw new UnmetRequirement(`${name}/requests.json: entry ${i} is no request with a scene`);
    if (!isExpected(expected)) throw new UnmetRequirement(`${name}/decisions.json: entry ${i} is no expectation`);
    return { request: decoded.value, scene, expected };
  });
  return { name, bundle: bundle.value, samples };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const SCENE: { readonly [member: string]: (value: unknown) => boolean } = {
  roles: isList,
  params: isObject,
  facts: isObject,
  said: isList,
  labels: isList,
  detectors: isObject,
  calls: isList,
  returns: () => true,
};

/** The files are ours and generated: their members are held to their shape, not every value in them. */
function isScene(value: unknown): value is EvaluatorScene {
  return isObject(value) && Object.entries(value).every(([name, member]) => SCENE[name]?.(member) === true);
}

const EXPECTED: { readonly [member: string]: (value: unknown) => boolean } = {
  effect: (value) => value === "allow" || value === "ask" || value === "forbid",
  reasons: isList,
  demands: isList,
  limits: isList,
  tier: isObject,
  fault: isObject,
  args: () => true,
  result: isObject,
};

function isExpected(value: unknown): value is ExpectedDecision {
  return (
    isObject(value) &&
    "effect" in value &&
    "reasons" in value &&
    Object.entries(value).every(([name, member]) => EXPECTED[name]?.(member) === true)
  );
}
