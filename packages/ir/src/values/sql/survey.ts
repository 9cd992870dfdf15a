import { filters } from "./filtered.js";
import { qualified } from "./names.js";
import { EXPRESSIONS, isPlainOperator, isPlainType, isPureFunction } from "./pure.js";
import { childrenOf, listIn, namesIn, nodeIn, textIn, type SqlNode } from "./tree.js";

const MAX_DEPTH = 500;

/** The names of common table expressions that a query sees. */
type Scope = ReadonlySet<string>;

/** Statements that change rows, and what names their target. */
const WRITES = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);
const WRITE_PARTS = new Set([
  "OnConflictClause",
  "InferClause",
  "IndexElem",
  "ReturningClause",
  "ReturningOption",
  "MergeWhenClause",
]);

/** Functions and types of PostgreSQL that take a whole row. */
const ROW_FUNCTIONS = new Set(
  (
    "to_json to_jsonb row_to_json json_agg jsonb_agg array_agg json_build_array jsonb_build_array quote_literal quote_nullable concat " +
    "hash_record hash_record_extended record_out record_send text varchar bpchar pg_typeof pg_column_size"
  ).split(" "),
);

/** What a walk over one statement's tree finds. */
export class Survey {
  readonly tables = new Set<string>();
  readonly columns = new Set<string>();
  /** Something in it writes, locks rows or makes a table. */
  writes = false;
  /** A function, type, operator or kind of node that is not known to be without effect. */
  impure = false;
  /** `*`, a whole row or an `INSERT` without columns: columns that the text does not name. */
  allColumns = false;
  readonly filtered: (boolean | undefined)[] = [];
  private readonly aliases = new Set<string>();
  private readonly bareColumns = new Set<string>();

  walk(node: SqlNode): void {
    this.visit(node, new Set(), 0);
    // `SELECT o FROM orders o` gives the whole row.
    for (const name of this.bareColumns) if (this.aliases.has(name)) this.allColumns = true;
  }

  private visit(node: SqlNode, scope: Scope, depth: number): void {
    if (depth > MAX_DEPTH) {
      this.impure = true;
      return;
    }
    const inner = this.enter(node, scope, depth);
    for (const child of childrenOf(node)) {
      if (child.type !== "WithClause") this.visit(child, inner, depth + 1);
    }
  }

  /** Notes what a node is; gives the scope for what stands in it. */
  private enter(node: SqlNode, scope: Scope, depth: number): Scope {
    switch (node.type) {
      case "SelectStmt":
        if (node.fields["intoClause"] !== undefined || node.fields["lockingClause"] !== undefined) this.writes = true;
        return this.with(node, scope, depth);
      case "InsertStmt":
      case "UpdateStmt":
      case "DeleteStmt":
      case "MergeStmt":
        this.write(node);
        return this.with(node, scope, depth);
      case "IntoClause":
        this.writes = true;
        return scope;
      case "LockingClause":
        return scope;
      case "RangeVar":
        this.table(node, scope);
        return scope;
      case "Alias":
        this.aliases.add(textIn(node, "aliasname") ?? "");
        return scope;
      case "ColumnRef":
        this.column(node);
        return scope;
      case "A_Indirection":
        for (const part of listIn(node, "indirection")) {
          this.part(part);
          if (part.type === "String") this.attribute(textIn(part, "sval") ?? "");
        }
        return scope;
      case "ResTarget":
        this.target(node);
        return scope;
      case "IndexElem":
        this.columns.add(textIn(node, "name") ?? "");
        return scope;
      case "JoinExpr":
        if (node.fields["isNatural"] === true) this.allColumns = true;
        for (const name of namesIn(node, "usingClause") ?? []) this.columns.add(name);
        return scope;
      case "FuncCall":
        if (!isPureFunction(namesIn(node, "funcname") ?? [])) this.impure = true;
        return scope;
      case "TypeName":
        if (!isPlainType(namesIn(node, "names") ?? [])) this.impure = true;
        return scope;
      case "A_Expr":
        if (!plainExpression(node)) this.impure = true;
        return scope;
      case "SubLink":
      case "SortBy": {
        const operator = namesIn(node, node.type === "SubLink" ? "operName" : "useOp") ?? [];
        if (operator.length > 0 && !isPlainOperator(operator)) this.impure = true;
        return scope;
      }
      case "RangeTableSample":
        if (!["system", "bernoulli"].includes((namesIn(node, "method") ?? []).join("."))) this.impure = true;
        return scope;
      default:
        if (!EXPRESSIONS.has(node.type) && !WRITE_PARTS.has(node.type)) this.impure = true;
        return scope;
    }
  }

  /** Walks the common table expressions of a statement, and gives the scope of the statement itself. */
  private with(node: SqlNode, scope: Scope, depth: number): Scope {
    const clause = nodeIn("withClause", node.fields["withClause"]);
    if (clause === undefined) return scope;
    const expressions = listIn(clause, "ctes");
    const names = expressions.map((expression) => textIn(expression, "ctename") ?? "");
    const recursive = clause.fields["recursive"] === true;
    const seen = new Set(scope);
    if (recursive) for (const name of names) seen.add(name);
    for (const [i, expression] of expressions.entries()) {
      // Without RECURSIVE a name is not seen in its own query: `WITH t AS (SELECT * FROM t)` reads the table t.
      this.visit(expression, new Set(seen), depth + 1);
      seen.add(names[i] ?? "");
      this.aliases.add(names[i] ?? "");
    }
    return seen;
  }

  private write(node: SqlNode): void {
    this.writes = true;
    // A target is always a table, whatever a common table expression is called.
    const target = nodeIn("relation", node.fields["relation"]);
    if (target !== undefined) this.table(target, new Set());
    if (node.type === "InsertStmt" && listIn(node, "cols").length === 0) this.allColumns = true;
    if (node.type === "UpdateStmt" || node.type === "DeleteStmt")
      this.filtered.push(filters(nodeIn("whereClause", node.fields["whereClause"])));
    if (node.type === "MergeStmt") {
      this.filtered.push(undefined);
      this.allColumns = true;
    }
  }

  private table(node: SqlNode, scope: Scope): void {
    const [database, schema, name] = [
      textIn(node, "catalogname"),
      textIn(node, "schemaname"),
      textIn(node, "relname") ?? "",
    ];
    this.aliases.add(name);
    this.aliases.add([schema, name].join("."));
    if (schema !== undefined || !scope.has(name)) this.tables.add(qualified([database, schema, name]));
  }

  private column(node: SqlNode): void {
    const parts = listIn(node, "fields");
    const last = parts.at(-1);
    if (last !== undefined) this.part(last);
    // `schema.table` and `table.column` look alike, and the first is a whole row.
    const names = namesIn(node, "fields");
    if (names !== undefined) this.bareColumns.add(names.join("."));
    if (names !== undefined && names.length > 1) this.attribute(names.at(-1) ?? "");
  }

  /** `o.to_json` is `to_json(o)`, the whole row, where the table has no such column. */
  private attribute(name: string): void {
    if (ROW_FUNCTIONS.has(name)) this.allColumns = true;
  }

  private part(part: SqlNode): void {
    if (part.type === "A_Star") this.allColumns = true;
    if (part.type === "String") this.columns.add(textIn(part, "sval") ?? "");
  }

  /** `UPDATE t SET name = ...` and `INSERT INTO t (name)`; elsewhere the name is only what a result is called. */
  private target(node: SqlNode): void {
    const name = textIn(node, "name");
    if (name !== undefined && this.writes) this.columns.add(name);
  }

  /** Whether anything but a plain query stands in what was walked. */
  get readonly(): boolean | undefined {
    if (this.writes) return false;
    return this.impure ? undefined : true;
  }
}

function plainExpression(node: SqlNode): boolean {
  const names = namesIn(node, "name") ?? [];
  // BETWEEN and LIKE carry a word or their operator as name.
  return (
    isPlainOperator(names) ||
    ["BETWEEN", "NOT BETWEEN", "BETWEEN SYMMETRIC", "NOT BETWEEN SYMMETRIC", "IS DISTINCT FROM"].includes(
      names.join("."),
    )
  );
}

/** Whether a statement changes rows by itself. */
export function isWrite(type: string): boolean {
  return WRITES.has(type);
}
