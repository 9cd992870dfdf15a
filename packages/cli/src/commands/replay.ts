import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { writeJson } from "../output/json.js";
import { describeProblems, describeReplayed } from "../output/replay-report.js";
import { painter, safe } from "../output/text.js";
import { jsonReplayed } from "../replay/json.js";
import { codeOf, runReplay } from "../replay/run-replay.js";
import { readCandidate, readSource } from "../replay/source.js";

/**
 * `writ replay TRACES|LOG --policy FILE`. Ends with 2 where an attack goes through, a call of the user is refused, or a
 * decision is another than the recorded one.
 */
export const run: Run = async (args, streams) => {
  const [path = ""] = args.files;
  const json = args.flag("json");
  const file = args.value("policy");
  if (file === undefined) throw new Fault("writ replay needs a policy to try", "add --policy FILE");
  const source = await readSource(path);
  const candidate = await readCandidate(file);
  if (!("bundle" in candidate)) {
    const { compiled } = candidate;
    if (json) await writeJson(streams, "writ.replay/1", { ok: false, file, diagnostics: jsonDiagnostics(compiled) });
    else await streams.err(describeDiagnostics(compiled, false));
    return EXIT.policy;
  }
  const { bundle, compiled } = candidate;
  const replayed = await runReplay(args, source, [candidate]);
  const { wrong, compared } = replayed;
  const code = codeOf(replayed, wrong.has("attack_allowed") || wrong.has("benign_refused") || compared.changed > 0);
  if (json) {
    const policy = { ...bundle.policy, digest: compiled.compilation.digest };
    const body = { ok: code === EXIT.ok, source: source.path, kind: source.kind, file, policy };
    await writeJson(streams, "writ.replay/1", { ...body, ...jsonReplayed(replayed) });
    return code;
  }
  await streams.err(describeProblems(replayed));
  const head = `${safe(source.path)} under ${safe(file)}\n`;
  await streams.out(`${head}${describeReplayed(replayed, "recorded", painter(streams.color))}`);
  return code;
};
