import type { Mutant, MutationReport } from "@writ/testing";
import { brief, placeWords } from "./coverage-report.js";
import { columns, count, safe, type Paint } from "./text.js";

type Path = (source: string) => string;

/** How many mutants the tests of a file kill, and each that survives: its place, what was changed, and what would show it. */
export function describeMutation(report: MutationReport, path: Path, paint: Paint): string {
  const { total, tried, killed, survived, invalid } = report;
  const figures = `${killed} killed, ${survived} survived${invalid === 0 ? "" : `, ${invalid} invalid`}`;
  const of = tried === total ? count(total, "mutant") : `${tried} of ${count(total, "mutant")}, evenly spread`;
  const survivors = report.mutants.filter(({ status }) => status === "survived");
  return `  mutation  ${paint(survived === 0 ? "good" : "warning", figures)} (${of})\n${survivors.map((one) => describeSurvivor(one, path)).join("")}`;
}

function describeSurvivor(mutant: Mutant, path: Path): string {
  const { at, rule, operator, was, now, hint, unnoticed } = mutant;
  const rows = [
    ["policy", brief(was)],
    ["mutant", now === "" ? "(left out)" : brief(now)],
    ...(hint === undefined ? [] : [["shown by", brief(hint)]]),
    ...(unnoticed === undefined
      ? []
      : [
          [
            "unnoticed",
            `${placeWords(unnoticed.at, path)} came out as ${safe(unnoticed.now)}, not ${safe(unnoticed.was)}`,
          ],
        ]),
  ];
  return `    ${placeWords(at, path)}  ${safe(rule)}  ${operator}\n${columns(rows, 6)}\n`;
}

/** The same for programs, with paths that can be opened from here. */
export function jsonMutation(report: MutationReport, path: Path): object {
  const place = (at: Mutant["at"]): Mutant["at"] => ({ ...at, file: path(at.file) });
  return {
    ...report,
    mutants: report.mutants.map((one) => {
      const { unnoticed } = one;
      return {
        ...one,
        at: place(one.at),
        ...(unnoticed === undefined ? {} : { unnoticed: { ...unnoticed, at: place(unnoticed.at) } }),
      };
    }),
  };
}
