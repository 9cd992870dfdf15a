import { join } from "node:path";
import { AuditError, type Observed, type Sandbox } from "@writ/runtime";
import type { Decided, Person } from "../approve.js";
import type { Model } from "../model/model.js";
import type { Options } from "../options.js";
import { shown } from "../places.js";
import type { Screen } from "../print.js";
import { guardPlaces, startGuard } from "../start-guard.js";
import type { Tools } from "../tools.js";
import { runGuarded } from "./guarded.js";
import { Watch } from "./watch.js";

/** The guarded run from the start of its guard to the end of it, and what went wrong on the way. */
export interface GuardedStory {
  readonly started: boolean;
  readonly calls: readonly Observed[];
  readonly decided: readonly Decided[];
  readonly problems: readonly string[];
  /** Folder of the log. */
  readonly audit: string;
}

/** Starts the guard, runs the agent under it and closes it. Without a guard no tool is run: there is no other way to one. */
export async function guardedStory(
  options: Options,
  model: Model,
  { tools, sandbox }: { readonly tools: Tools; readonly sandbox: Sandbox },
  screen: Screen,
): Promise<GuardedStory> {
  const places = guardPlaces(join(options.data, ".writ"));
  const problems: string[] = [];
  const watch = new Watch();
  let guard;
  try {
    guard = await startGuard(options.policy, places, { observe: watch.observe, sandbox });
  } catch (error) {
    screen.bad("the guard does not start, so the agent has no tools:");
    screen.block(words(error));
    if (error instanceof AuditError && error.code === "audit_corrupt")
      screen.block(`To begin anew here: move ${shown(join(options.data, ".writ"))} away.`);
    return {
      started: false,
      calls: [],
      decided: [],
      problems: ["the guard did not start, so no tool was run in its place: not without a log, not without a policy"],
      audit: places.audit,
    };
  }
  for (const { tier, isolate, why, remedy } of guard.unavailable)
    screen.field(
      "not here",
      `tier ${tier} (${isolate}): ${why}${remedy === undefined ? "" : `; to have it: ${remedy}`}`,
    );
  const lost = guard.doubtful.length;
  if (lost > 0)
    screen.field(
      "doubtful",
      `${lost} call${lost === 1 ? "" : "s"} of an earlier run began and never reported back; not run again`,
    );

  let calls: readonly Observed[] = [];
  let decided: readonly Decided[] = [];
  try {
    ({ calls, decided } = await runGuarded(guard, watch, model, tools, person(options), screen));
  } catch (error) {
    problems.push(`the guarded run ended early: ${words(error)}`);
  }
  try {
    await guard.close();
  } catch (error) {
    problems.push(`the log was not closed: ${words(error)}`);
  }
  const unable = calls.filter(
    ({ outcome }) => outcome.status === "refused" && ["audit", "state", "fault"].includes(outcome.cause),
  );
  if (unable.length > 0)
    problems.unshift(
      `${unable.length === 1 ? "a call was" : `${unable.length} calls were`} refused because the guard could not record or count it; the reason is above`,
    );
  return { started: true, calls, decided, problems, audit: places.audit };
}

function person({ word }: Options): Person {
  if (word !== undefined) return { by: "flag", grant: word === "approve" };
  return process.stdin.isTTY && process.stdout.isTTY ? { by: "terminal" } : { by: "nobody" };
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
