import { format, renderDiagnostics } from "@writ/policy";
import type { Run } from "../command.js";
import { EXIT, worst, type ExitCode } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { writeJson } from "../output/json.js";
import type { Streams } from "../output/streams.js";
import { count, safe } from "../output/text.js";
import { readInput, STDIN } from "../read-input.js";
import { writeWhole } from "../write-whole.js";

interface Outcome {
  readonly code: ExitCode;
  readonly document: object;
  readonly changed: boolean;
}

/**
 * `writ fmt FILE... [--check]`. Files are replaced where their layout changes; `-` is read from standard input and
 * written to standard output. With `--check` nothing is written, and a file that is not laid out is exit code 2.
 */
export const run: Run = async (args, streams) => {
  const { files } = args;
  if (files.filter((file) => file === "-").length > 1)
    throw new Fault("- stands for standard input, which can be read once");
  const [check, json] = [args.flag("check"), args.flag("json")];
  if (json && !check && files.includes("-"))
    throw new Fault("--json and the text of standard input cannot both go to standard output", "add --check");
  const outcomes: Outcome[] = [];
  for (const file of files) outcomes.push(await one(file, check, json, streams));
  const code = worst(outcomes.map((outcome) => outcome.code));
  if (json) {
    await writeJson(streams, "writ.fmt/1", { ok: code === EXIT.ok, files: outcomes.map(({ document }) => document) });
  } else if (check && code === EXIT.refused) {
    const many = outcomes.filter(({ changed }) => changed).length;
    await streams.err(`${count(many, "file")} ${many === 1 ? "is" : "are"} not laid out; writ fmt does it\n`);
  }
  return code;
};

async function one(file: string, check: boolean, json: boolean, streams: Streams): Promise<Outcome> {
  const name = file === "-" ? STDIN : file;
  try {
    const bytes = await readInput(file);
    const result = format(bytes, name);
    if (!result.ok) {
      const { diagnostics, source } = result;
      if (!json) {
        const shown = renderDiagnostics(diagnostics, [source], { color: false });
        await streams.err(`${shown}\n\n${safe(name)}: left as it is; it has errors of syntax\n`);
      }
      return { code: EXIT.policy, document: { file: name, ok: false, diagnostics }, changed: false };
    }
    const changed = Buffer.compare(Buffer.from(result.text), bytes) !== 0;
    if (file === "-" && !check) await streams.out(result.text);
    else if (changed) {
      if (!check) await writeWhole(file, result.text);
      if (!json) await streams.out(`${safe(name)}\n`);
    }
    const code = check && changed ? EXIT.refused : EXIT.ok;
    return { code, document: { file: name, ok: code === EXIT.ok, changed }, changed };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await streams.err(`writ: ${safe(error.message)}\n`);
    return { code: EXIT.fault, document: { file: name, ok: false, fault: error.message }, changed: false };
  }
}
