import type { Run } from "../command.js";
import type { Compiled } from "../compile-input.js";
import { eachInput } from "../each-input.js";
import { EXIT, worst, type ExitCode } from "../exit-codes.js";
import { countDiagnostics, describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { writeJson } from "../output/json.js";
import { count, painter, safe } from "../output/text.js";

/** `writ check FILE...`. */
export const run: Run = async (args, streams) => {
  const json = args.flag("json");
  const paint = painter(streams.color);
  const codes: ExitCode[] = [];
  const documents: object[] = [];
  for await (const input of eachInput(args.files)) {
    if (!input.ok) {
      codes.push(EXIT.fault);
      documents.push({ file: input.file, ok: false, fault: input.fault.message });
      await streams.err(`writ: ${safe(input.fault.message)}\n`);
      continue;
    }
    const { compiled } = input;
    const { bundle, digest, tests } = compiled.compilation;
    codes.push(bundle === undefined ? EXIT.policy : EXIT.ok);
    documents.push({
      file: compiled.file,
      ok: bundle !== undefined,
      ...(bundle === undefined
        ? {}
        : {
            policy: { ...bundle.policy, digest },
            tools: bundle.tools.length,
            rules: bundle.rules.length,
            tests: tests.length,
          }),
      diagnostics: jsonDiagnostics(compiled),
    });
    if (!json) await streams.out(`${describeDiagnostics(compiled, streams.color)}${summary(compiled, paint)}\n`);
  }
  const code = worst(codes);
  if (json) await writeJson(streams, "writ.check/1", { ok: code === EXIT.ok, files: documents });
  return code;
};

function summary({ file, compilation }: Compiled, paint: ReturnType<typeof painter>): string {
  const { bundle, diagnostics, tests } = compilation;
  const said = countDiagnostics(diagnostics);
  if (bundle === undefined) return `${safe(file)}: ${paint("bad", said)}`;
  const holds = [
    count(bundle.tools.length, "tool"),
    count(bundle.rules.length, "rule"),
    count(tests.length, "test"),
  ].join(", ");
  return `${safe(file)}: ${paint("good", "ok")} (${holds})${said === "" ? "" : `, ${paint("warning", said)}`}`;
}
