import { CATALOG, CODES, isCode, type Compilation, type Diagnostic } from "@writ/policy";
import { didYouMean } from "./did-you-mean.js";
import { Fault } from "./fault.js";

/** Whether a warning counts as an error. */
export type Denied = (diagnostic: Diagnostic) => boolean;

/** Reads `--deny warnings` and `--deny CODE,...`. There is nothing that turns an error into a warning. */
export function readDeny(value: string | undefined): Denied {
  const words = (value ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const codes = new Set<string>();
  for (const word of words) {
    if (word === "warnings") continue;
    const code = word.toUpperCase();
    if (!isCode(code)) {
      const meant = didYouMean(word, ["warnings"]) ?? didYouMean(code, CODES);
      throw new Fault(
        `--deny ${word} is neither "warnings" nor the code of a warning`,
        meant === undefined ? "codes look like W202" : `did you mean ${meant}?`,
      );
    }
    if (CATALOG[code].severity === "error") throw new Fault(`${code} is an error already`);
    codes.add(code);
  }
  const all = words.includes("warnings");
  return ({ severity, code }) => severity === "warning" && (all || codes.has(code));
}

/** A compilation with the warnings that are denied as errors. */
export function deny(compilation: Compilation, denied: Denied): Compilation {
  const diagnostics = compilation.diagnostics.map((one): Diagnostic =>
    denied(one) ? Object.assign({}, one, { severity: "error" as const }) : one,
  );
  return { ...compilation, diagnostics };
}

/** Whether a policy may be used: it has a bundle and nothing said of it is an error. */
export function passes({ bundle, diagnostics }: Compilation): boolean {
  return bundle !== undefined && diagnostics.every(({ severity }) => severity !== "error");
}
