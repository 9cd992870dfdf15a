import { copyJson, digest, type Json } from "@writ/ir";
import { egressAdmits } from "@writ/ir/values";
import type { IntentRecord, OutcomeRecord } from "../audit/record.js";
import type { Attempt, CallContext } from "../call/context.js";
import { recordedAgents } from "../delegation/chain.js";
import { append } from "../faults/prompt.js";
import { REFUSALS } from "../messages.js";
import type { CallTier, NestedCall, NestedOutcome } from "../ports/sandbox.js";
import { randomId } from "../random-id.js";
import { NESTED_RESULT } from "./nested-in.js";

/** Runs what a program asks for with the canonical arguments. */
type Perform = (args: Json, signal: AbortSignal) => Promise<Json>;

/**
 * An effect that the policy declares no tool for: the lists of the tier or the tool grant it, and nothing else does. It is
 * on record before it happens, and how it ended after it.
 */
export async function brokered(
  context: CallContext,
  attempt: Attempt,
  tier: CallTier,
  { tool, args }: NestedCall,
  perform: Perform,
): Promise<NestedOutcome> {
  const copied = copyJson(args);
  if (!copied.ok) return { ok: false, message: `Refused: ${copied.fault.message}` };
  const granted = grantOf(context, attempt, tier, { tool, args: copied.value });
  const id = randomId("c");
  const intent: IntentRecord = {
    type: "intent",
    at: context.clock.now(),
    session: context.session,
    ...recordedAgents(context.identity),
    call: id,
    within: attempt.id,
    tool,
    args: { digest: digest(copied.value), masked: shown(copied.value) },
    effect: granted.ok ? "allow" : "forbid",
    reasons: [{ by: granted.by, kind: granted.ok ? "allow" : "forbid", truth: "true" }],
    policy: context.program.digest,
    isolation: { tier: tier.name, backend: "broker", proven: [] },
  };
  try {
    await append(context.audit, intent, { durable: tool !== "fs.read" && tool !== "fs.list" });
  } catch {
    return { ok: false, message: REFUSALS.audit };
  }
  if (!granted.ok) return { ok: false, message: `Refused: ${granted.why}` };
  const from = performance.now();
  const ended = await run(perform, copied.value, attempt.call.signal);
  const ms = Math.max(0, Math.round((performance.now() - from) * 1000) / 1000);
  const outcome: OutcomeRecord = {
    type: "outcome",
    at: context.clock.now(),
    session: context.session,
    ...recordedAgents(context.identity),
    call: id,
    tool,
    ms,
    ...(ended.ok ? { status: "done", result: { digest: digest(ended.result) } } : { status: "failed", error: "Error" }),
  };
  try {
    await append(context.audit, outcome, { durable: false });
  } catch {
    return { ok: false, message: REFUSALS.withheld };
  }
  return ended;
}

function textIn(args: Json, name: string): string {
  if (typeof args !== "object" || args === null || Array.isArray(args) || !Object.hasOwn(args, name)) return "";
  const text: unknown = Reflect.get(args, name);
  return typeof text === "string" ? text : "";
}

type Grant =
  | { readonly ok: true; readonly by: string }
  | { readonly ok: false; readonly by: string; readonly why: string };

/**
 * Whether the lists grant it, as far as its arguments tell. The broker holds each path and address to them again, where
 * it knows what they lead to.
 */
function grantOf({ program }: CallContext, attempt: Attempt, tier: CallTier, { tool, args }: NestedCall): Grant {
  switch (tool) {
    case "net.fetch": {
      const effects = attempt.verdict.tool?.tool.effects ?? [];
      if (tier.network.length === 0) return { ok: false, by: "network", why: "this tool has no network" };
      // The flows of a policy are decided where data leaves. A tool that is not declared to send anything was not looked at.
      if (program.flows && !effects.includes("egress"))
        return { ok: false, by: "network", why: "this tool is not declared to send anything (effect egress)" };
      if (!egressAdmits(tier.network, textIn(args, "method"), textIn(args, "url")))
        return { ok: false, by: "network", why: "its tier admits no such request" };
      return { ok: true, by: "network" };
    }
    case "fs.read":
    case "fs.list":
      return tier.mounts.length === 0
        ? { ok: false, by: "mounts", why: "this tool has no files" }
        : { ok: true, by: "mounts" };
    case "fs.write":
    case "fs.remove":
    // What was changed in a copy of the folders that it may write.
    case "workspace.keep":
      return tier.mounts.some(({ mode }) => mode === "write")
        ? { ok: true, by: "mounts" }
        : { ok: false, by: "mounts", why: "this tool has no files to write" };
    default:
      return { ok: false, by: "default", why: "there is no such effect" };
  }
}

async function run(perform: Perform, args: Json, signal: AbortSignal | undefined): Promise<NestedOutcome> {
  try {
    const copied = copyJson(await perform(args, signal ?? new AbortController().signal), NESTED_RESULT);
    return copied.ok ? { ok: true, result: copied.value } : { ok: false, message: "it gave no data" };
  } catch (error) {
    return { ok: false, message: (error instanceof Error ? error.message : "it failed").slice(0, 1000) };
  }
}

/** What of the arguments an auditor may read: where it went, never what was sent, nor what stands behind a `?`. */
function shown(args: Json): Json {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return null;
  const [path, url, method] = ["path", "url", "method"].map((name): unknown => Reflect.get(args, name));
  return {
    ...(typeof path === "string" ? { path: path.slice(0, 4096) } : {}),
    ...(typeof url === "string" ? { url: (url.split(/[?#]/)[0] ?? "").slice(0, 4096) } : {}),
    ...(typeof method === "string" ? { method: method.slice(0, 32) } : {}),
    ...pathsOf(args),
  };
}

/** Paths that a record tells, of those that were added, changed or removed. */
const SHOWN_PATHS = 100;

function pathsOf(args: object): { readonly [kind: string]: readonly string[] } {
  const shownPaths: Record<string, readonly string[]> = {};
  for (const kind of ["added", "changed", "removed"]) {
    const paths: unknown = Reflect.get(args, kind);
    if (!Array.isArray(paths)) continue;
    shownPaths[kind] = paths
      .slice(0, SHOWN_PATHS)
      .flatMap((path: unknown) => (typeof path === "string" ? [path.slice(0, 512)] : []));
  }
  return shownPaths;
}
