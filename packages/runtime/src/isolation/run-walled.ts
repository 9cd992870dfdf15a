import type { Json } from "@writ/ir";
import type { Attempt, CallContext } from "../call/context.js";
import { runWithin, timeOf, type Run } from "../duties/isolate.js";
import { LONGEST_WAIT } from "../faults/deadlines.js";
import type { HeldPort } from "../faults/held-port.js";
import type { OutcomeRecord } from "../audit/record.js";
import type { SandboxEnd, WorkspaceChange } from "../ports/sandbox.js";
import { callTier } from "./call-tier.js";
import type { Learned } from "./learned.js";
import { nestedCalls, type TakeCall } from "./nested.js";
import type { PlacedCall } from "./place-call.js";

/** What a sandbox may take beyond the tier's time: to be made ready, and to be ended. It holds the time itself. */
const GRACE = 20_000;

/** Runs a call behind the walls it was placed behind. The host's own function is not called. */
export async function runWalled(
  context: CallContext,
  attempt: Attempt,
  { tier, walls }: PlacedCall,
  made: { readonly args: Json; readonly learned: Learned; readonly port: HeldPort; readonly take: TakeCall },
): Promise<Run> {
  if (walls === undefined) return { status: "failed", error: "the call was not placed behind walls", kind: "sandbox" };
  const { args, learned, port, take } = made;
  const within = callTier(context, attempt, tier);
  const time = Math.min(timeOf(tier) + GRACE, LONGEST_WAIT);
  return runWithin(time, attempt.call.signal, attempt.flight, async (signal) => {
    const from = performance.now();
    try {
      const end = await context.walls.run({
        call: attempt.id,
        tool: attempt.verdict.tool?.tool.name ?? "",
        args,
        tier: { ...within, time: timeOf(tier) },
        isolation: walls.isolation,
        signal,
        nested: nestedCalls(context, attempt, within, learned, take),
      });
      port.ranBehindWalls?.(performance.now() - from);
      return runOf(end, port);
    } catch (error) {
      const why = error instanceof Error ? error.message : "it did not say how";
      return { status: "failed", error: `the call could not be begun in its sandbox: ${why}`, kind: "sandbox" };
    }
  });
}

/** What the host gets is in its own form: a hook that cannot give it fails the call. */
function runOf(end: SandboxEnd, port: HeldPort): Run {
  if (end.status !== "done") return { status: end.status, error: end.error, kind: end.kind };
  const result = port.fromSandbox === undefined ? end.result : port.fromSandbox(end.result);
  return end.changes === undefined
    ? { status: "done", result }
    : { status: "done", result, changes: counted(end.changes) };
}

/** A sandbox of a third party may give anything: what is no known change is counted as one. */
function counted(changes: readonly WorkspaceChange[]): NonNullable<OutcomeRecord["changes"]> {
  const all: readonly unknown[] = Array.isArray(changes) ? changes : [];
  const of = (kind: WorkspaceChange["change"]): number =>
    all.filter((one) => typeof one === "object" && one !== null && Reflect.get(one, "change") === kind).length;
  const [added, removed] = [of("added"), of("removed")];
  return { added, changed: all.length - added - removed, removed };
}
