import { Command, Sql, type Value } from "@writ/ir/values";
import type { ViewPart } from "./part.js";
import { words } from "./visible.js";

/** What a command starts, and what statements do, as far as it is known before they run. */
export function programParts(name: string, value: Value | undefined): readonly ViewPart[] {
  if (value instanceof Command) return [commandPart(name, value)];
  return value instanceof Sql ? [sqlPart(name, value)] : [];
}

function commandPart(name: string, { programs, flags, reads, writes, dynamic }: Command): ViewPart {
  const said = [
    programs === undefined ? "starts programs that cannot be known" : `starts ${words(programs)}`,
    ...(flags === undefined || flags.length === 0 ? [] : [`with ${words(flags)}`]),
    ...(reads === undefined
      ? ["reads files that cannot be known"]
      : reads.length === 0
        ? []
        : [`reads ${words(reads)}`]),
    ...(writes === undefined
      ? ["may write files that cannot be known"]
      : writes.length === 0
        ? []
        : [`writes ${words(writes)}`]),
    ...(dynamic ? ["parts of it are only known when it runs"] : []),
  ];
  return {
    kind: "command",
    name,
    ...(programs === undefined ? {} : { programs }),
    ...(flags === undefined ? {} : { flags }),
    ...(reads === undefined ? {} : { reads }),
    ...(writes === undefined ? {} : { writes }),
    dynamic,
    text: said.join("; "),
    quoted: true,
  };
}

function sqlPart(name: string, sql: Sql): ViewPart {
  const { statements, kind, tables, filtered } = sql;
  const changes = kind === "update" || kind === "delete";
  const said = [
    statements === 1 ? "1 statement" : `${statements} statements`,
    kind === undefined ? "of several kinds" : kind,
    tables === undefined
      ? "on tables that cannot be known"
      : tables.length === 0
        ? "on no table"
        : `on ${words(tables)}`,
    ...(sql.readonly === true ? ["changes nothing"] : sql.readonly === false ? ["changes data"] : ["may change data"]),
    ...(filtered === false ? ["of every row: there is no condition"] : []),
    ...(filtered === undefined && changes ? ["its rows cannot be known"] : []),
  ];
  return {
    kind: "sql",
    name,
    statements,
    ...(kind === undefined ? {} : { what: kind }),
    ...(tables === undefined ? {} : { tables }),
    ...(sql.readonly === undefined ? {} : { readonly: sql.readonly }),
    ...(filtered === undefined ? {} : { filtered }),
    text: said.join(", "),
    quoted: true,
  };
}
