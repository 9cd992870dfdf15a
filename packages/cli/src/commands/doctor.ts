import type { Bundle } from "@writ/ir";
import type { IsolationProof } from "@writ/runtime";
import { NOT_BUILT, proveMachine } from "@writ/sandbox";
import type { Run } from "../command.js";
import { compileInput } from "../compile-input.js";
import { EXIT } from "../exit-codes.js";
import { describeDiagnostics, jsonDiagnostics } from "../output/diagnostics.js";
import { writeJson } from "../output/json.js";
import { columns, safe } from "../output/text.js";

/** A tier of a policy, and whether this machine has what it asks for. */
interface TierReport {
  readonly tier: string;
  readonly isolate: string;
  readonly proven: boolean;
  readonly tools: readonly string[];
}

/**
 * `writ doctor [FILE]`. Tries each isolation from inside and says what held, what did not, and the one command that would
 * provide it. With a policy: whether each of its tiers can be had here; where one cannot, it ends with 2.
 */
export const run: Run = async (args, streams) => {
  const [file] = args.files;
  const json = args.flag("json");
  const compiled = file === undefined ? undefined : await compileInput(file);
  const bundle = compiled?.compilation.bundle;
  if (compiled !== undefined && bundle === undefined) {
    if (json) await writeJson(streams, "writ.doctor/1", { ok: false, file, diagnostics: jsonDiagnostics(compiled) });
    else await streams.err(describeDiagnostics(compiled, false));
    return EXIT.policy;
  }
  const proofs = await proveMachine();
  const tiers = bundle === undefined ? [] : tiersOf(bundle, proofs);
  const ok = tiers.every(({ proven, tools }) => proven || tools.length === 0);
  if (json)
    await writeJson(streams, "writ.doctor/1", {
      ok,
      isolations: proofs,
      notBuilt: NOT_BUILT,
      ...(file === undefined ? {} : { tiers }),
    });
  else await streams.out(`${describeMachine(proofs)}${file === undefined ? "" : describeTiers(file, tiers)}`);
  return ok ? EXIT.ok : EXIT.refused;
};

function tiersOf({ tiers, tools }: Bundle, proofs: readonly IsolationProof[]): readonly TierReport[] {
  return tiers.map(({ name, isolate }) => ({
    tier: name,
    isolate,
    proven: isolate === "inline" || proofs.some((proof) => proof.isolation === isolate && proof.ok),
    tools: tools.filter(({ risk }) => risk === name).map((tool) => tool.name),
  }));
}

function describeMachine(proofs: readonly IsolationProof[]): string {
  const lines = ["isolation  here", `${row("inline", "yes")}a function of your process: mediated, not isolated`];
  for (const proof of proofs) {
    if (!proof.ok) {
      lines.push(`${row(proof.isolation, "no")}${safe(proof.why)}`);
      if (proof.remedy !== undefined) lines.push(`${INDENT}to have it: ${safe(proof.remedy)}`);
      continue;
    }
    lines.push(`${row(proof.isolation, "yes")}${safe(proof.backend)}; tried from inside, and it holds:`);
    lines.push(...wrapped(proof.proven));
    for (const { name, why } of proof.missing) lines.push(`${INDENT}not proven: ${name}: ${safe(why)}`);
  }
  for (const { part, why } of NOT_BUILT) lines.push(`not built: ${part}: ${why}`);
  return `${lines.join("\n")}\n`;
}

const INDENT = " ".repeat(16);
/** Characters of a line of names. */
const WIDTH = 100;

function row(isolation: string, here: "yes" | "no"): string {
  return `${isolation.padEnd(11)}${here.padEnd(5)}`;
}

function wrapped(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const name of names) {
    const longer = line === "" ? name : `${line}, ${name}`;
    if (INDENT.length + longer.length > WIDTH) {
      lines.push(`${line},`);
      line = name;
    } else line = longer;
  }
  return [...lines, line].map((text) => INDENT + text);
}

function describeTiers(file: string, tiers: readonly TierReport[]): string {
  const rows = tiers.map(({ tier, isolate, proven, tools }) => [
    tier,
    isolate,
    proven ? "yes" : "no",
    tools.length === 0 ? "no tool's risk" : tools.map(safe).join(", "),
  ]);
  return `\n${safe(file)}: its tiers, and the tools whose risk they are\n${columns(rows, 2)}\n`;
}
