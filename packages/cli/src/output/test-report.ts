import type { Json } from "@writ/ir";
import type { PolicyTestCallResult, PolicyTestReport } from "@writ/testing";
import { columns, count, safe, type Paint } from "./text.js";

type Path = (source: string) => string;

/** A file's tests, a line each, and what differs in those that failed. */
export function describeReport(report: PolicyTestReport, path: Path, paint: Paint): string {
  return `${describeTests(report, path, paint)}${report.unproven.map((proof) => `  NOT PROVEN  ${safe(proof.name)}: this version proves nothing\n`).join("")}`;
}

function describeTests(report: PolicyTestReport, path: Path, paint: Paint): string {
  if (report.tests.length === 0) return "  no tests stand in this file\n";
  return report.tests
    .map((test) => {
      const mark = test.ok ? paint("good", "ok    ") : paint("bad", "FAILED");
      const failed = test.calls.filter(({ ok }) => !ok).map((call) => describeCall(call, path));
      return `  ${mark}  ${safe(test.name)} (${count(test.calls.length, "call")})\n${failed.join("")}`;
    })
    .join("");
}

function describeCall(call: PolicyTestCallResult, path: Path): string {
  const { at, expected, got } = call;
  const place = `${path(at.file)}:${at.line}:${at.column}`;
  const roles = [...new Set(got.demands.flatMap(({ from }) => from))];
  const rows = [
    ["expected", words(expected.effect, expected.by, expected.from, expected.isolated)],
    ["got", words(got.effect, got.by, roles, expected.isolated === undefined ? undefined : got.tier?.isolate)],
    ...call.problems.map((problem, index) => [index === 0 ? "differs" : "", safe(problem)]),
    ...call.explanation.map((line, index) => [index === 0 ? "because" : "", safe(line)]),
  ];
  return `          ${safe(place)}  ${safe(`${call.tool}(${describeArgs(call)})`)}\n${columns(rows, 12)}\n`;
}

const MAX_ARGS = 100;

function describeArgs({ args }: PolicyTestCallResult): string {
  const entries = typeof args === "object" && args !== null && !Array.isArray(args) ? Object.entries(args) : [];
  const text = entries.map(([name, value]) => `${name}: ${describeValue(value)}`).join(", ");
  return text.length > MAX_ARGS ? `${text.slice(0, MAX_ARGS)}…` : text;
}

/** A value as a test writes it, as far as its JSON tells. */
function describeValue(value: Json): string {
  if (typeof value !== "object" || value === null || isList(value) || Object.keys(value).length !== 2)
    return JSON.stringify(value);
  const { amount, currency } = value;
  return typeof amount === "number" && typeof currency === "string" ? `${amount} ${currency}` : JSON.stringify(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A decision in the words of a test. */
function words(effect: string, by: readonly string[], from: readonly string[], isolated: string | undefined): string {
  return [
    effect,
    ...(by.length > 0 ? [`by ${by.join(", ")}`] : []),
    ...(from.length > 0 ? [`from ${from.join(", ")}`] : []),
    ...(isolated === undefined ? [] : [`isolated ${isolated}`]),
  ].join(" ");
}

/** A report with the paths that a person at this prompt can open. */
export function jsonReport(report: PolicyTestReport, path: Path): object {
  return {
    policy: report.policy,
    passed: report.passed,
    failed: report.failed,
    unproven: report.unproven.map((proof) => ({ ...proof, at: { ...proof.at, file: path(proof.at.file) } })),
    tests: report.tests.map((test) => ({
      ...test,
      at: { ...test.at, file: path(test.at.file) },
      calls: test.calls.map((call) => ({ ...call, at: { ...call.at, file: path(call.at.file) } })),
    })),
  };
}
