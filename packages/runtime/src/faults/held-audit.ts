import { AuditError } from "../audit/audit-error.js";
import type { Appended, AuditSink } from "../ports/audit-sink.js";
import { Deadlines } from "./deadlines.js";
import { placesAs } from "./prompt.js";

/**
 * A log that answers in time, in its shape, and fails in one way: with an `AuditError`. A record that was refused as
 * late may stand in the log all the same ({@link whenLate}).
 */
export function heldAudit(sink: AuditSink, ms: number): AuditSink {
  const deadlines = new Deadlines(ms);
  const late = (why: string): AuditError => new AuditError("audit_timeout", `The audit log: ${why}.`);
  const within = async (ask: () => Appended | Promise<Appended>): Promise<Appended> => {
    let answer: unknown;
    try {
      answer = await deadlines.within(ask, late);
    } catch (error) {
      throw asAuditError(error);
    }
    if (!isAppended(answer))
      throw new AuditError("audit_answer", "The audit log did not say where it put the record: it counts as lost.");
    return answer;
  };
  const held: AuditSink = {
    location: sink.location,
    durability: sink.durability,
    doubtful: sink.doubtful,
    sealing: sink.sealing === true,
    append: (body, options) => within(() => sink.append(body, options)),
    async close() {
      try {
        // Also of a log that answers nothing any more: it is let go of.
        await new Deadlines(ms).within(() => sink.close(), late);
      } catch (error) {
        throw asAuditError(error);
      }
    },
  };
  return placesAs(held, sink, within);
}

function asAuditError(error: unknown): AuditError {
  if (error instanceof AuditError) return error;
  const said = error instanceof Error ? error.message : "it did not say how";
  return new AuditError("audit_failed", `The audit log failed: ${said}`, { cause: error });
}

function isAppended(answer: unknown): answer is Appended {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "seq" in answer &&
    Number.isSafeInteger(answer.seq) &&
    "hash" in answer &&
    typeof answer.hash === "string"
  );
}
