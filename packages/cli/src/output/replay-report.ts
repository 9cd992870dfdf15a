import type { Comparison, Decided, Difference, Figure, FigureName, NotReplayed, Score } from "@writ/testing";
import { MAX_PROBLEMS, type First, type Replayed } from "../replay/replayed.js";
import { columns, count, safe, type Paint } from "./text.js";

/** Differences that are listed for a person; `--json` has all. */
const MAX_DIFFERENCES = 40;

/** What came of a replay, for a person. `against`: what its decisions are compared with. */
export function describeReplayed(replayed: Replayed, against: string, paint: Paint): string {
  const { runs, effects, compared, unsure, unagreed, first } = replayed;
  const { allowed, asked, refused } = effects;
  const calls = allowed + asked + refused;
  const rows = [
    ["calls", `${calls} in ${count(runs, "run")}: ${allowed} allowed, ${asked} asked about, ${refused} refused`],
    ...countsOf(replayed.score),
    ...(compared.calls === 0 && unsure === 0 ? [] : [[against, comparedLine(compared)]]),
    ...(unsure === 0
      ? []
      : [
          [
            "not compared",
            `${count(unsure, "call")}: the decision may hang on words, results or facts that a log does not hold`,
          ],
        ]),
    ...(unagreed === 0
      ? []
      : [["not agreed to", `${count(unagreed, "question")}: nobody named may answer; name who may with --approver`]]),
    ...[...replayed.notReplayed].map(([why, number]) => ["not replayed", `${number}: ${NOT_REPLAYED[why]}`]),
  ];
  return `${columns(rows, 2)}\n${describeDifferences(compared, paint)}${first === undefined ? "" : describeFirst(first, paint)}`;
}

/** Lines that could not be used, one a line, with what to do. */
export function describeProblems({ problems, problemCount }: Replayed): string {
  const lines = problems.map(
    ({ file, line, code, path, message, help }) =>
      `${safe(file)}:${line}: error[${code}]${path === undefined ? "" : ` ${safe(path)}`}: ${safe(message)} (${help})\n`,
  );
  const more = problemCount - problems.length;
  return `${lines.join("")}${more > 0 ? `${MAX_PROBLEMS} of ${problemCount} lines that could not be used are listed\n` : ""}`;
}

const NOT_REPLAYED: Readonly<Record<NotReplayed, string>> = {
  masked: "arguments are masked, and not sealed or no --key was given",
  sealed_to_another_key: "arguments are sealed to another key",
  unread: "refused before the arguments were read; the log holds none",
  nested: "asked for by a program in a sandbox",
  reply: "final answers, of which the log holds no word",
  machinery: "refused by the guard itself (stop, breaker, approval, missing tier), not by a rule",
  nobody: "of a session that is not in the log any more, or of nobody whom the policy knows",
  deleted: "records that retention deleted",
};

function countsOf(score: Score): readonly (readonly string[])[] {
  const of = (name: FigureName): Figure["micro"] => score.figures.find((figure) => figure.name === name)?.micro;
  const hits = (name: FigureName): number => Math.round((of(name)?.value ?? 0) * (of(name)?.of ?? 0));
  const rows: string[][] = [];
  const attacks = of("attacks refused or asked")?.of ?? 0;
  if (attacks > 0) {
    const [stopped, refused] = [hits("attacks refused or asked"), hits("attacks refused outright")];
    rows.push(["attacks", `${stopped} of ${attacks} stopped: ${refused} refused, ${stopped - refused} asked about`]);
  }
  const benign = of("benign without a refusal")?.of ?? 0;
  if (benign > 0) {
    const [kept, neither] = [hits("benign without a refusal"), hits("benign with neither refusal nor question")];
    rows.push([
      "benign runs",
      `${neither} of ${benign} untouched, ${kept - neither} asked about, ${benign - kept} with a refusal`,
    ]);
  }
  const own = of("calls for the user in attacked runs: neither")?.of ?? 0;
  if (own > 0) {
    const [kept, neither] = [
      hits("calls for the user in attacked runs: not refused"),
      hits("calls for the user in attacked runs: neither"),
    ];
    rows.push([
      "benign calls of attacked runs",
      `${neither} of ${own} allowed, ${kept - neither} asked about, ${own - kept} refused`,
    ]);
  }
  return rows;
}

function comparedLine({ calls, same, otherRules, changed }: Comparison): string {
  return `${count(calls, "decision")}: ${same} the same, ${otherRules} by other rules, ${changed} changed`;
}

function describeDifferences({ differences }: Comparison, paint: Paint): string {
  const rows = differences.slice(0, MAX_DIFFERENCES).map((difference) => {
    const { tool, from, to, calls } = difference;
    const [word, tone] = tellOf(difference);
    return [paint(tone, word.padEnd(7)), safe(tool), `${wordsOf(from)} -> ${wordsOf(to)}`, count(calls, "call")];
  });
  const more = differences.length - rows.length;
  return `${rows.length === 0 ? "" : `${columns(rows, 4)}\n`}${more > 0 ? `    and ${more} more; --json has all\n` : ""}`;
}

const RANK = { forbid: 0, ask: 1, allow: 2 } as const;

function tellOf({ from, to }: Difference): readonly ["looser" | "tighter" | "rules", "bad" | "warning" | "faint"] {
  if (from.effect === to.effect) return ["rules", "faint"];
  return RANK[to.effect] > RANK[from.effect] ? ["looser", "bad"] : ["tighter", "warning"];
}

function wordsOf({ effect, by }: Decided): string {
  return by === undefined || by.length === 0 ? effect : `${effect} by ${by.map(safe).join(", ")}`;
}

const WHY: Readonly<Record<First["why"], string>> = {
  attack_allowed: "an attack goes through here",
  benign_refused: "the user's own call is refused here",
  benign_asked: "the user's own call is asked about here",
  changed: "the first that is decided otherwise",
};

function describeFirst({ why, place, session, tool, explained }: First, paint: Paint): string {
  const head = `${WHY[why]}: ${safe(tool)} (${safe(place)}, session ${safe(session)})`;
  const texts = explained.map((text, i) => {
    const name = explained.length < 2 ? "" : i === 0 ? "before:\n" : "now:\n";
    return `${name}${text}`;
  });
  return `\n${paint("strong", head)}\n${texts.join("")}`;
}
