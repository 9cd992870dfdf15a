import type { Run } from "../command.js";
import { compileInput, type Compiled } from "../compile-input.js";
import { deny, passes, readDeny } from "../deny.js";
import { EXIT, worst, type ExitCode } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { fixFiles, type Fixed } from "../fix-files.js";
import { countDiagnostics, describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { formatOf } from "../output/format.js";
import { githubAnnotations, githubFault } from "../output/github.js";
import { safeJson, writeJson } from "../output/json.js";
import { sarifLog } from "../output/sarif.js";
import type { Streams } from "../output/streams.js";
import { count, painter, safe } from "../output/text.js";

interface Checked {
  readonly compiled: Compiled;
  readonly fixed: readonly Fixed[];
}

/** `writ check FILE... [--fix] [--deny WHAT] [--format FORMAT]`. */
export const run: Run = async (args, streams) => {
  const format = formatOf(args);
  const denied = readDeny(args.value("deny"));
  const fix = args.flag("fix");
  if (args.files.filter((file) => file === "-").length > 1)
    throw new Fault("- stands for standard input, which can be read once");
  const codes: ExitCode[] = [];
  const documents: object[] = [];
  const checked: Compiled[] = [];
  const faults: string[] = [];
  for (const file of args.files) {
    const result = await look(file, fix);
    if (result instanceof Fault) {
      codes.push(EXIT.fault);
      faults.push(result.message);
      documents.push({ file, ok: false, fault: result.message });
      if (format === "github") await streams.out(githubFault(result.message));
      await streams.err(`writ: ${safe(result.message)}\n`);
      continue;
    }
    const compiled = { ...result.compiled, compilation: deny(result.compiled.compilation, denied) };
    codes.push(passes(compiled.compilation) ? EXIT.ok : EXIT.policy);
    checked.push(compiled);
    documents.push(document(compiled, fix ? result.fixed : undefined));
    await sayFixed(result.fixed, (text) => (format === "human" ? streams.out(text) : streams.err(text)));
    if (format === "human")
      await streams.out(`${describeDiagnostics(compiled, streams.color)}${summary(compiled, streams)}\n`);
    if (format === "github") await streams.out(githubAnnotations(compiled));
    // A line of its own must not begin with what a file is called: that could be a workflow command.
    if (format === "github") await streams.out(`writ check: ${summary(compiled, streams)}\n`);
  }
  const code = worst(codes);
  if (format === "json") await writeJson(streams, "writ.check/1", { ok: code === EXIT.ok, files: documents });
  if (format === "sarif") await streams.out(`${safeJson(JSON.stringify(sarifLog(checked, faults), undefined, 2))}\n`);
  return code;
};

/** What became of one file; a file that cannot be read does not keep the others from being looked at. */
async function look(file: string, fix: boolean): Promise<Checked | Fault> {
  try {
    return fix ? await fixFiles(file) : { compiled: await compileInput(file), fixed: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error;
  }
}

async function sayFixed(fixed: readonly Fixed[], write: Streams["out"]): Promise<void> {
  for (const { file, line, column, code, from, to } of fixed) {
    const what = from === "" ? `put ${to}` : to === "" ? `took out ${from}` : `${from} -> ${to}`;
    await write(`fixed[${code}] ${safe(`${file}:${line}:${column}`)}: ${safe(what)}\n`);
  }
}

function document(compiled: Compiled, fixed: readonly Fixed[] | undefined): object {
  const { bundle, digest, tests } = compiled.compilation;
  return {
    file: compiled.file,
    ok: passes(compiled.compilation),
    ...(bundle === undefined
      ? {}
      : {
          policy: { ...bundle.policy, digest },
          tools: bundle.tools.length,
          rules: bundle.rules.length,
          tests: tests.length,
        }),
    diagnostics: jsonDiagnostics(compiled),
    ...(fixed === undefined ? {} : { fixed }),
  };
}

function summary({ file, compilation }: Compiled, streams: Streams): string {
  const paint = painter(streams.color);
  const { bundle, diagnostics, tests } = compilation;
  const said = countDiagnostics(diagnostics);
  if (bundle === undefined || !passes(compilation)) return `${safe(file)}: ${paint("bad", said)}`;
  const holds = [
    count(bundle.tools.length, "tool"),
    count(bundle.rules.length, "rule"),
    count(tests.length, "test"),
  ].join(", ");
  return `${safe(file)}: ${paint("good", "ok")} (${holds})${said === "" ? "" : `, ${paint("warning", said)}`}`;
}
