import type { StoredRecord } from "../audit/record.js";
import type { Entry } from "./recorded-call.js";

const COLUMNS = [
  "seq",
  "time",
  "type",
  "session",
  "call",
  "tool",
  "result",
  "rules",
  "by",
  "policy",
  "message",
  "hash",
];

/** The first line of a log as CSV (RFC 4180). */
export const CSV_HEAD = `${COLUMNS.join(",")}\r\n`;

/**
 * A record as a line of CSV (RFC 4180), one for each record of a log, also for one whose payload retention deleted. A cell
 * that a spreadsheet would take for a formula begins with an apostrophe.
 */
export function toCsv({ seq, hash, record }: Entry): string {
  const cells = record === undefined ? { type: "deleted by retention" } : cellsOf(record);
  const row: Readonly<Record<string, string>> = { ...cells, seq: String(seq), hash };
  return `${COLUMNS.map((column) => cell(row[column] ?? "")).join(",")}\r\n`;
}

function cellsOf(record: StoredRecord): Readonly<Record<string, string>> {
  const common = { type: record.type, time: timeOf(record.at) };
  switch (record.type) {
    case "policy":
      return { ...common, policy: record.policy.digest, message: record.policy.name, result: record.mode };
    case "session":
      return { ...common, session: record.session, by: textOf(record.identity.user["id"]) };
    case "intent":
      return {
        ...common,
        session: record.session,
        call: record.call,
        tool: record.tool,
        result: record.effect,
        rules: record.reasons.map(({ kind, by }) => `${kind} ${by}`).join("; "),
        policy: record.policy,
        message: record.message ?? "",
      };
    case "outcome":
      return {
        ...common,
        session: record.session,
        call: record.call,
        tool: record.tool,
        result: record.status,
        message: record.error ?? "",
      };
    case "approval":
      return {
        ...common,
        session: record.session,
        call: record.call,
        result: record.state,
        by: record.by === undefined ? "" : JSON.stringify(record.by),
        message: record.approval,
      };
    case "incident":
      return {
        ...common,
        session: record.session ?? "",
        tool: record.tool ?? "",
        result: record.code,
        message: record.message,
      };
    default:
      return common;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function timeOf(at: number): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? String(at) : time.toISOString();
}

const FORMULA = /^[=+\-@\t\r]/;

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
