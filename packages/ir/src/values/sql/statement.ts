import { qualified } from "./names.js";
import { isWrite, Survey } from "./survey.js";
import { childrenOf, listIn, namesIn, nodeIn, textIn, type SqlNode } from "./tree.js";

/** What is known of one statement; undefined is unknown to a rule. */
export interface StatementFacts {
  /** `select`, `insert`, `update`, `delete`, `merge`, `truncate`, `copy`, `set`, `drop`, `create_table_as`, ... (PostgreSQL's node names). */
  readonly kind: string | undefined;
  readonly readonly: boolean | undefined;
  readonly tables: readonly string[] | undefined;
  readonly columns: readonly string[] | undefined;
  /** For `UPDATE` and `DELETE`, whether every one has a condition that lets through only some rows; undefined where there is none. */
  readonly filtered: boolean | undefined;
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ["VariableSetStmt", "set"],
  ["VariableShowStmt", "show"],
  ["CreateStmt", "create_table"],
  ["IndexStmt", "create_index"],
  ["ViewStmt", "create_view"],
]);

/** What a statement of PostgreSQL does, as far as its text shows. */
export function factsOf(node: SqlNode): StatementFacts {
  switch (node.type) {
    case "SelectStmt":
    case "InsertStmt":
    case "UpdateStmt":
    case "DeleteStmt":
    case "MergeStmt":
      return query(node);
    case "ExplainStmt":
      return explain(node);
    case "VariableShowStmt":
      return { kind: "show", readonly: true, tables: [], columns: [], filtered: undefined };
    case "TruncateStmt": {
      const survey = surveyOf(childrenOf(node));
      return {
        kind: "truncate",
        readonly: false,
        tables: survey.impure ? undefined : [...survey.tables],
        columns: undefined,
        filtered: false,
      };
    }
    case "CopyStmt":
      return copy(node);
    case "DropStmt":
      return { kind: "drop", readonly: false, tables: dropped(node), columns: undefined, filtered: undefined };
    // What a prepared statement or a cursor does was said before, or will be.
    case "ExecuteStmt":
    case "PrepareStmt":
    case "FetchStmt":
    case "DeclareCursorStmt":
      return {
        kind: kindOf(node.type),
        readonly: undefined,
        tables: undefined,
        columns: undefined,
        filtered: undefined,
      };
    default:
      return { kind: kindOf(node.type), readonly: false, tables: undefined, columns: undefined, filtered: undefined };
  }
}

function query(node: SqlNode): StatementFacts {
  const survey = surveyOf([node]);
  // A function that is not known may read any table and any column.
  const known = !survey.impure;
  return {
    kind: kindOfQuery(node, survey),
    readonly: survey.readonly,
    tables: known ? [...survey.tables] : undefined,
    columns: known && !survey.allColumns ? [...survey.columns] : undefined,
    filtered: allFiltered(survey.filtered),
  };
}

/** `SELECT ... INTO` makes a table; with a common table expression that writes, one word does not say what it is. */
function kindOfQuery(node: SqlNode, survey: Survey): string | undefined {
  if (node.type === "SelectStmt" && makesTable(node)) return "create_table_as";
  const nested = childrenOf(node).some((child) => containsWrite(child));
  return nested && survey.writes ? undefined : kindOf(node.type);
}

function makesTable(node: SqlNode): boolean {
  return node.type === "IntoClause" || childrenOf(node).some(makesTable);
}

function containsWrite(node: SqlNode): boolean {
  return isWrite(node.type) || childrenOf(node).some(containsWrite);
}

function allFiltered(parts: readonly (boolean | undefined)[]): boolean | undefined {
  if (parts.includes(false)) return false;
  return parts.length === 0 || parts.includes(undefined) ? undefined : true;
}

/** `EXPLAIN` plans and does not run, unless it is told to `ANALYZE`. */
function explain(node: SqlNode): StatementFacts {
  const inner = nodeIn("query", node.fields["query"]);
  const facts = inner === undefined ? undefined : factsOf(inner);
  const runs = listIn(node, "options").some((option) => textIn(option, "defname") === "analyze");
  const readonly = facts?.readonly === true ? true : runs ? facts?.readonly : undefined;
  return { kind: "explain", readonly, tables: facts?.tables, columns: facts?.columns, filtered: facts?.filtered };
}

/** `COPY ... FROM` writes rows, `COPY ... TO` a file or a program's input, or the client. */
function copy(node: SqlNode): StatementFacts {
  const toClient =
    node.fields["is_from"] !== true && node.fields["filename"] === undefined && node.fields["is_program"] !== true;
  const survey = surveyOf(childrenOf(node).filter((child) => child.type !== "DefElem" && child.type !== "String"));
  const known = !survey.impure && node.fields["is_program"] !== true;
  return {
    kind: "copy",
    readonly: toClient && !survey.writes ? undefined : false,
    tables: known ? [...survey.tables] : undefined,
    columns: undefined,
    filtered: undefined,
  };
}

function dropped(node: SqlNode): readonly string[] | undefined {
  if (
    !["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"].includes(
      textIn(node, "removeType") ?? "",
    )
  )
    return undefined;
  // CASCADE drops what the text does not name.
  if (textIn(node, "behavior") === "DROP_CASCADE") return undefined;
  return listIn(node, "objects").map((object) => qualified(namesIn(object, "items") ?? []));
}

function surveyOf(nodes: readonly SqlNode[]): Survey {
  const survey = new Survey();
  for (const node of nodes) survey.walk(node);
  return survey;
}

function kindOf(type: string): string {
  const known = KINDS.get(type);
  if (known !== undefined) return known;
  return type
    .replace(/Stmt$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
    .toLowerCase();
}
