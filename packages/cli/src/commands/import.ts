import { writeFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { compile, memoryHost, renderDiagnostics } from "@writ/policy";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault, systemCode, systemWords } from "../fault.js";
import { policyOf } from "../import/document.js";
import type { ImportedTool } from "../import/imported-tool.js";
import { moduleTools } from "../import/module.js";
import { isName } from "../import/names.js";
import { toolsOf } from "../import/tool-lists.js";
import { writeJson } from "../output/json.js";
import { count, safe } from "../output/text.js";
import { readInput } from "../read-input.js";

const STDOUT = "<stdout>";

/** `writ import FILE...`: tool declarations from descriptions of tools, with every guess marked. */
export const run: Run = async (args, streams) => {
  const { files } = args;
  const [json, out, group] = [args.flag("json"), args.value("out"), args.value("as")];
  const name = args.value("name") ?? `imported.${fileName(files[0] ?? "")}`;
  if (!name.split(".").every(isName))
    throw new Fault(`${name} cannot be the name of a policy`, "names look like acme.tools");
  if (group !== undefined && !group.split(".").every(isName))
    throw new Fault(`${group} cannot begin the name of a tool`, "names look like crm");
  if (files.filter((file) => file === "-").length > 1)
    throw new Fault("- stands for standard input, which can be read once");
  const tools: ImportedTool[] = [];
  for (const file of files) tools.push(...(args.flag("module") ? moduleTools(file) : await listedTools(file)));

  const from = files.map((file) => (file === "-" ? "standard input" : basename(file))).join(", ");
  const { text, declared } = policyOf(tools, { name, group, from });
  if (out !== undefined) await writeNew(out, text);
  const { diagnostics, sources } = await compile(STDOUT, memoryHost({ [STDOUT]: text }));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const path = (source: string): string => (source === STDOUT ? (out ?? STDOUT) : source);
  const lost = declared.flatMap((tool) => tool.lost.map((argument) => `${tool.wire}: ${argument}`));
  const guesses = declared.reduce((sum, tool) => sum + tool.guesses, 0);
  if (json) {
    await writeJson(streams, "writ.import/1", {
      ok: true,
      tools: declared.map(({ name: declaredName, wire, lost: arguments_ }) => ({
        name: declaredName,
        wire,
        lost: arguments_,
      })),
      guesses,
      diagnostics: errors.map((one) => Object.assign({}, one, { span: { ...one.span, file: path(one.span.file) } })),
      ...(out === undefined ? { policy: text } : { out }),
    });
    return EXIT.ok;
  }
  if (out === undefined) await streams.out(text);
  const said = [`${count(declared.length, "tool")}, ${guesses} guesses to review`];
  if (lost.length > 0)
    said.push(`${count(lost.length, "argument")} that cannot be declared (${lost.slice(0, 5).join("; ")})`);
  await streams.err(`${safe(said.join(", "))}\n`);
  if (errors.length > 0) {
    await streams.err(
      `\n${renderDiagnostics(errors, sources, { max: 20, path })}\n\nto fill in before it checks: ${count(errors.length, "place")}\n`,
    );
  }
  return EXIT.ok;
};

async function listedTools(file: string): Promise<ImportedTool[]> {
  if (/\.(?:[cm]?[jt]s)$/.test(file))
    throw new Fault(`${file} is a program, which would have to be run`, "--module runs it");
  const shown = file === "-" ? "standard input" : file;
  const text = Buffer.from(await readInput(file))
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Fault(`${shown} is not JSON`, /\.ya?ml$/.test(file) ? "convert YAML to JSON first" : undefined);
  }
  return toolsOf(document, shown);
}

/** Writes a file that is not there yet: what was reviewed is never replaced by guesses. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    const there = systemCode(error) === "EEXIST";
    throw new Fault(
      `cannot write ${path}: ${there ? "it is there already" : systemCode(error) === "ENOENT" ? "there is no such folder" : systemWords(error)}`,
      there ? "write beside it and compare" : undefined,
    );
  }
}

function fileName(file: string): string {
  const plain = basename(file, extname(file))
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return plain === "" ? "tools" : /^\d/.test(plain) ? `_${plain}` : plain;
}
