import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { writeJson } from "../output/json.js";
import { describeProblems, describeReplayed } from "../output/replay-report.js";
import { columns, count, painter, safe } from "../output/text.js";
import { jsonReplayed } from "../replay/json.js";
import { policyDifferences, type PolicyDifference } from "../replay/policy-difference.js";
import { codeOf, runReplay } from "../replay/run-replay.js";
import { readCandidate, readSource, type Candidate } from "../replay/source.js";

/**
 * `writ diff OLD NEW [--log TRACES|LOG]`. Ends with 2 where something differs: with a log a decision, without one a
 * declaration.
 */
export const run: Run = async (args, streams) => {
  const json = args.flag("json");
  const [old = "", fresh = ""] = args.files;
  const log = args.value("log");
  const needsLog = ["key", "user", "approver", "facts", "params"].find((name) => args.value(name) !== undefined);
  if (log === undefined && needsLog !== undefined) throw new Fault(`--${needsLog} goes with --log TRACES|LOG`);
  if (old === "-" && fresh === "-") throw new Fault("standard input can be one of the two policies, not both");
  const source = log === undefined ? undefined : await readSource(log);
  const policies: Candidate[] = [];
  for (const file of [old, fresh]) {
    const candidate = await readCandidate(file);
    if (!("bundle" in candidate)) {
      const { compiled } = candidate;
      if (json) await writeJson(streams, "writ.diff/1", { ok: false, file, diagnostics: jsonDiagnostics(compiled) });
      else await streams.err(describeDiagnostics(compiled, false));
      return EXIT.policy;
    }
    policies.push(candidate);
  }
  if (source !== undefined) {
    const replayed = await runReplay(args, source, policies);
    const code = codeOf(replayed, replayed.compared.changed > 0);
    if (json) {
      const body = { ok: code === EXIT.ok, old, new: fresh, source: source.path, kind: source.kind };
      await writeJson(streams, "writ.diff/1", { ...body, ...jsonReplayed(replayed) });
      return code;
    }
    await streams.err(describeProblems(replayed));
    const head = `${safe(source.path)} under ${safe(old)}, then ${safe(fresh)}\n`;
    await streams.out(`${head}${describeReplayed(replayed, "before and now", painter(streams.color))}`);
    return code;
  }
  const [before, now] = policies;
  const differences = before === undefined || now === undefined ? [] : policyDifferences(before.bundle, now.bundle);
  const code = differences.length === 0 ? EXIT.ok : EXIT.refused;
  if (json) await writeJson(streams, "writ.diff/1", { ok: code === EXIT.ok, old, new: fresh, differences });
  else await streams.out(describe(differences));
  return code;
};

function describe(differences: readonly PolicyDifference[]): string {
  if (differences.length === 0) return "the two policies declare the same\n";
  const rows = differences.map(({ what, name, change, parts, when }) => [
    `${change} ${what.replace(/s$/, "")}`,
    safe(name),
    when === undefined ? (parts ?? []).join(", ") : safe(conditions(when, parts ?? [])),
  ]);
  return `${columns(rows)}\n${count(differences.length, "difference")}\n`;
}

function conditions({ from, to }: { readonly from: string; readonly to: string }, parts: readonly string[]): string {
  const others = parts.filter((part) => part !== "when");
  return `when ${from} -> ${to}${others.length === 0 ? "" : `; ${others.join(", ")}`}`;
}
