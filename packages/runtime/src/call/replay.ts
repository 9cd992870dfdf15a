import type { Json } from "@writ/ir";
import type { Attempt, CallContext } from "./context.js";
import { common, failed, Stop } from "./ends.js";
import type { HeldPort } from "../faults/held-port.js";
import { Journal, type JournalEntry } from "./journal.js";
import type { FailureCause } from "../outcome.js";

/**
 * A call that was made before, by the host's id, gives what it gave; one that was begun and never ended is doubtful. At once
 * where the store answers at once.
 */
export function journaled(
  context: CallContext,
  attempt: Attempt,
  key: string,
  port: HeldPort,
): Promise<void> | undefined {
  const entry = new Journal(context.state).look(key);
  if (entry instanceof Promise) return entry.then((found) => replay(context, attempt, found, port));
  replay(context, attempt, entry, port);
  return undefined;
}

/** Throws what the call came to before, if it was made. */
function replay(context: CallContext, attempt: Attempt, entry: JournalEntry, port: HeldPort): void {
  switch (entry.state) {
    case "new":
      return;
    case "failed":
      throw new Stop(failed(context, attempt, failureCause(entry.code), entry.error, true));
    case "done": {
      if (!entry.kept)
        throw new Stop(
          failed(
            context,
            attempt,
            "unknown",
            "This call ran before; its result was not kept. It is not run again.",
            true,
          ),
        );
      const restored = restore(port, entry.result);
      if (restored === undefined)
        throw new Stop(
          failed(
            context,
            attempt,
            "unknown",
            "This call ran before; its result cannot be read again. It is not run again.",
            true,
          ),
        );
      throw new Stop({ status: "done", ...common(context, attempt), result: restored.result, replayed: true });
    }
    case "started":
    default: // whatever else stands there, it was begun
      throw new Stop(
        failed(
          context,
          attempt,
          "unknown",
          "This call was started before and its outcome is not known. It is not run again.",
          true,
        ),
      );
  }
}

/** A result as the host wants it; undefined where the host cannot take it back. */
function restore(port: HeldPort, saved: Json): { readonly result: unknown } | undefined {
  try {
    return { result: port.restore === undefined ? saved : port.restore(saved) };
  } catch {
    return undefined;
  }
}

function failureCause(code: string): FailureCause {
  switch (code) {
    case "error":
    case "timeout":
    case "aborted":
    case "unrecorded":
    case "withheld":
    case "settled":
      return code;
    default:
      return "unknown";
  }
}
