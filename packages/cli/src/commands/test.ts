import { mutatePolicy, runPolicyTests, type MutationReport, type PolicyTestReport } from "@writ/testing";
import type { Arguments } from "../arguments.js";
import type { Run } from "../command.js";
import type { Compiled } from "../compile-input.js";
import { eachInput } from "../each-input.js";
import { EXIT, worst, type ExitCode } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { describeCoverage, jsonCoverage } from "../output/coverage-report.js";
import { countDiagnostics, describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { writeJson } from "../output/json.js";
import { describeMutation, jsonMutation } from "../output/mutation-report.js";
import { describeReport, jsonReport } from "../output/test-report.js";
import { count, painter, safe } from "../output/text.js";

/** `writ test FILE... [--coverage] [--mutate[=strict]] [--max-mutants N]`. */
export const run: Run = async (args, streams) => {
  const json = args.flag("json");
  const coverage = args.flag("coverage");
  const most = readMost(args);
  const strict = args.value("mutate") === "strict";
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
    const report = await reportOf(compiled, coverage);
    const mutation = args.flag("mutate") && report?.ok === true ? await mutationOf(compiled, most) : undefined;
    const missed = strict && mutation !== undefined && mutation.survived > 0;
    codes.push(report === undefined ? EXIT.policy : report.ok && !missed ? EXIT.ok : EXIT.refused);
    totals.passed += report?.passed ?? 0;
    totals.failed += report?.failed ?? 0;
    documents.push({
      file: compiled.file,
      ok: report?.ok === true && !missed,
      diagnostics: jsonDiagnostics(compiled),
      ...(report === undefined ? {} : jsonReport(report, compiled.path)),
      ...(report?.coverage === undefined ? {} : { coverage: jsonCoverage(report.coverage, compiled.path) }),
      ...(mutation === undefined ? {} : { mutation: jsonMutation(mutation, compiled.path) }),
    });
    if (json) continue;
    if (report === undefined) {
      const { diagnostics } = compiled.compilation;
      await streams.out(
        `${describeDiagnostics(compiled, streams.color)}${safe(compiled.file)}: ${paint("bad", countDiagnostics(diagnostics))}; its tests were not run\n\n`,
      );
    } else {
      const further = [
        report.coverage === undefined ? "" : describeCoverage(report.coverage, compiled.path, paint),
        mutation === undefined ? "" : describeMutation(mutation, compiled.path, paint),
        args.flag("mutate") && mutation === undefined
          ? "  mutation  not tried: a test fails on the policy itself\n"
          : "",
      ].join("");
      await streams.out(`${safe(compiled.file)}\n${describeReport(report, compiled.path, paint)}${further}\n`);
    }
  }
  const code = worst(codes);
  if (json) await writeJson(streams, "writ.test/1", { ok: code === EXIT.ok, ...totals, files: documents });
  else
    await streams.out(
      `${count(totals.passed + totals.failed, "test")}: ${totals.passed} passed, ${totals.failed} failed\n`,
    );
  return code;
};

async function reportOf({ compilation }: Compiled, coverage: boolean): Promise<PolicyTestReport | undefined> {
  const { bundle, tests, proofs } = compilation;
  return bundle === undefined ? undefined : runPolicyTests({ bundle, tests, proofs }, { coverage });
}

async function mutationOf(
  { compilation }: Compiled,
  maxMutants: number | undefined,
): Promise<MutationReport | undefined> {
  const { bundle, tests } = compilation;
  return bundle === undefined
    ? undefined
    : mutatePolicy({ bundle, tests }, maxMutants === undefined ? {} : { maxMutants });
}

function readMost(args: Arguments): number | undefined {
  const given = args.value("max-mutants");
  if (given === undefined) return undefined;
  if (!args.flag("mutate")) throw new Fault("--max-mutants says how many policies --mutate may try", "add --mutate");
  if (!/^[1-9][0-9]{0,8}$/.test(given))
    throw new Fault("--max-mutants takes a whole number from 1", "for instance --max-mutants 500");
  return Number(given);
}
