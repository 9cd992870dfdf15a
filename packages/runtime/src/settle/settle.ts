import { GuardError } from "../errors.js";
import { Journal } from "../call/journal.js";
import type { AuditSink, DoubtfulCall } from "../ports/audit-sink.js";
import type { Clock } from "../ports/clock.js";
import type { StateStore } from "../ports/state-store.js";

/** What a person found out about a call that was begun and has no outcome. */
export interface Settlement {
  /** Who found it out, as the host's own authentication proved it. */
  readonly by: string;
  readonly outcome: "happened" | "did not happen";
  /** How, in words: a receipt's number, what the bank said. */
  readonly note?: string;
}

/** The longest note, in characters. */
const MAX_NOTE = 4000;

/** Throws a {@link GuardError} `misuse` on what is no settlement. */
export function readSettlement(given: unknown): Settlement {
  const { by, outcome, note }: { readonly by?: unknown; readonly outcome?: unknown; readonly note?: unknown } =
    typeof given === "object" && given !== null ? given : {};
  if (typeof by !== "string" || by === "" || by.length > 1000)
    throw new GuardError("misuse", "say who settles the call: { by }, a text of 1 to 1000 characters");
  if (outcome !== "happened" && outcome !== "did not happen")
    throw new GuardError("misuse", 'the outcome of a call is "happened" or "did not happen"');
  if (note !== undefined && (typeof note !== "string" || note.length > MAX_NOTE))
    throw new GuardError("misuse", `a note is a text of at most ${MAX_NOTE} characters`);
  return { by, outcome, ...(note === undefined ? {} : { note }) };
}

/**
 * Records what a person found out about a doubtful call, then puts it into the journal: a call that happened is never
 * run again, one that did not may be made again and is decided anew. Where the journal cannot be written after the
 * record, this rejects, and may be done again.
 */
export async function settleCall(
  ports: { readonly audit: AuditSink; readonly state: StateStore | undefined; readonly clock: Clock },
  call: Pick<DoubtfulCall, "session" | "call" | "tool">,
  given: Settlement,
): Promise<void> {
  const { by, outcome, note } = readSettlement(given);
  await ports.audit.append(
    {
      type: "outcome",
      at: ports.clock.now(),
      session: call.session,
      call: call.call,
      tool: call.tool,
      status: "unknown",
      ms: 0,
      settled: { by, outcome, ...(note === undefined ? {} : { note }) },
    },
    { durable: true },
  );
  if (ports.state !== undefined) await new Journal(ports.state).settle(call, outcome === "happened");
}
