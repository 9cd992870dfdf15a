import { AuditError, settleCall, StateError, systemClock, type DoubtfulCall, type Settlement } from "@writ/runtime";
import { doubtfulCalls, fileAudit, fileStore } from "@writ/runtime/node";
import type { Arguments } from "../arguments.js";
import { checkFolder } from "../audit-input.js";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { writeJson } from "../output/json.js";
import { columns, count, painter, safe } from "../output/text.js";

/** `writ audit doubtful FOLDER`: ends with 2 where calls are doubtful. */
export const run: Run = async (args, streams) => {
  const [folder = ""] = args.files;
  await checkFolder(folder);
  const settlement = readSettlement(args);
  try {
    const settled = settlement === undefined ? undefined : await settle(args, folder, settlement);
    const calls = await doubtfulCalls(folder);
    if (args.flag("json")) {
      const body = { ok: calls.length === 0, folder, calls, ...(settled === undefined ? {} : { settled }) };
      await writeJson(streams, "writ.audit.doubtful/1", body);
    } else {
      const paint = painter(streams.color);
      if (settled !== undefined)
        await streams.out(`${paint("good", "settled")}  ${safe(settled.call)} of ${safe(settled.tool)}\n`);
      await streams.out(describe(calls));
    }
    return calls.length === 0 || settled !== undefined ? EXIT.ok : EXIT.refused;
  } catch (error) {
    if (error instanceof AuditError || error instanceof StateError) throw new Fault(error.message);
    throw error;
  }
};

function describe(calls: readonly DoubtfulCall[]): string {
  if (calls.length === 0) return "no call is doubtful\n";
  const rows = calls.map(({ seq, call, tool, session, at }) => [
    String(seq),
    new Date(at).toISOString(),
    safe(tool),
    safe(call),
    safe(session),
  ]);
  return `${count(calls.length, "call")} began and ${calls.length === 1 ? "has" : "have"} no outcome; find out what became of each, then --settle it\n${columns([["record", "at", "tool", "call", "session"], ...rows], 2)}\n`;
}

interface Wanted extends Settlement {
  readonly call: string;
}

function readSettlement(args: Arguments): Wanted | undefined {
  const call = args.value("settle");
  const [by, outcome, note] = [args.value("by"), args.value("outcome"), args.value("note")];
  if (call === undefined) {
    const extra = ["by", "outcome", "note", "state"].find((name) => args.value(name) !== undefined);
    if (extra !== undefined) throw new Fault(`--${extra} goes with --settle CALL`);
    return undefined;
  }
  if (by === undefined || outcome === undefined)
    throw new Fault("--settle needs --by NAME and --outcome OUTCOME", "a settlement is recorded with who found it out");
  if (outcome !== "happened" && outcome !== "not-happened")
    throw new Fault(`there is no outcome ${outcome}`, "a call happened, or it is not-happened");
  return {
    call,
    by,
    outcome: outcome === "happened" ? outcome : "did not happen",
    ...(note === undefined ? {} : { note }),
  };
}

/** Takes the log, and the state where it is given, as a guard would: neither is settled while one holds it. */
async function settle(args: Arguments, folder: string, { call, ...settlement }: Wanted): Promise<DoubtfulCall> {
  const found = (await doubtfulCalls(folder)).find((one) => one.call === call);
  if (found === undefined)
    throw new Fault(`no call ${call} is doubtful in ${folder}`, "without --settle, the calls that are get listed");
  const stateFolder = args.value("state");
  if (stateFolder !== undefined) await checkFolder(stateFolder);
  const audit = await fileAudit(folder);
  try {
    const state = stateFolder === undefined ? undefined : await fileStore(stateFolder);
    try {
      await settleCall({ audit, state, clock: systemClock }, found, settlement);
    } finally {
      await state?.close();
    }
  } finally {
    await audit.close();
  }
  return found;
}
