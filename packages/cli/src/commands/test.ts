import { runPolicyTests, type PolicyTestReport } from "@writ/testing";
import type { Run } from "../command.js";
import type { Compiled } from "../compile-input.js";
import { eachInput } from "../each-input.js";
import { EXIT, worst, type ExitCode } from "../exit-codes.js";
import { countDiagnostics, describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { writeJson } from "../output/json.js";
import { describeReport, jsonReport } from "../output/test-report.js";
import { count, painter, safe } from "../output/text.js";

/** `writ test FILE...`. */
export const run: Run = async (args, streams) => {
  const json = args.flag("json");
  const paint = painter(streams.color);
  const codes: ExitCode[] = [];
  const documents: object[] = [];
  const totals = { passed: 0, failed: 0 };
  for await (const input of eachInput(args.files)) {
    if (!input.ok) {
      codes.push(EXIT.fault);
      documents.push({ file: input.file, ok: false, fault: input.fault.message });
      await streams.err(`writ: ${safe(input.fault.message)}\n`);
      continue;
    }
    const { compiled } = input;
    const report = await reportOf(compiled);
    codes.push(report === undefined ? EXIT.policy : report.ok ? EXIT.ok : EXIT.refused);
    totals.passed += report?.passed ?? 0;
    totals.failed += report?.failed ?? 0;
    documents.push({
      file: compiled.file,
      ok: report?.ok ?? false,
      diagnostics: jsonDiagnostics(compiled),
      ...(report === undefined ? {} : jsonReport(report, compiled.path)),
    });
    if (json) continue;
    if (report === undefined) {
      const { diagnostics } = compiled.compilation;
      await streams.out(
        `${describeDiagnostics(compiled, streams.color)}${safe(compiled.file)}: ${paint("bad", countDiagnostics(diagnostics))}; its tests were not run\n\n`,
      );
    } else await streams.out(`${safe(compiled.file)}\n${describeReport(report, compiled.path, paint)}\n`);
  }
  const code = worst(codes);
  if (json) await writeJson(streams, "writ.test/1", { ok: code === EXIT.ok, ...totals, files: documents });
  else
    await streams.out(
      `${count(totals.passed + totals.failed, "test")}: ${totals.passed} passed, ${totals.failed} failed\n`,
    );
  return code;
};

async function reportOf({ compilation }: Compiled): Promise<PolicyTestReport | undefined> {
  const { bundle, tests, proofs } = compilation;
  return bundle === undefined ? undefined : runPolicyTests({ bundle, tests, proofs });
}
