/** A struct of PostgreSQL's parse tree (`parsenodes.h`), as libpg_query writes it: a type and fields. */
export interface SqlNode {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Fields that hold a struct without its type's name around it, by field name. */
const BARE: Readonly<Record<string, string>> = {
  relation: "RangeVar",
  rel: "RangeVar",
  alias: "Alias",
  join_using_alias: "Alias",
  typeName: "TypeName",
  larg: "SelectStmt",
  rarg: "SelectStmt",
  withClause: "WithClause",
  intoClause: "IntoClause",
  into: "IntoClause",
  over: "WindowDef",
  onConflictClause: "OnConflictClause",
  infer: "InferClause",
  returningClause: "ReturningClause",
  search_clause: "CTESearchClause",
  cycle_clause: "CTECycleClause",
};

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The node in a field; undefined where it holds none. A struct of an unexpected field has the type `?`. */
export function nodeIn(field: string, value: unknown): SqlNode | undefined {
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  const [only] = keys;
  if (only !== undefined && keys.length === 1 && /^[A-Z]/.test(only)) {
    const fields = value[only];
    return { type: only, fields: isObject(fields) ? fields : {} };
  }
  return { type: BARE[field] ?? "?", fields: value };
}

/** The nodes right below a node, those of its lists among them, in order. */
export function childrenOf(node: SqlNode): SqlNode[] {
  const found: SqlNode[] = [];
  for (const [field, value] of Object.entries(node.fields)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      const child = nodeIn(field, item);
      // The value of a constant is no node: `ival`, `fval`, `sval`, `boolval`, `bsval`.
      if (child !== undefined && node.type !== "A_Const") found.push(child);
    }
  }
  return found;
}

/** A field that holds a list of nodes. */
export function listIn(node: SqlNode, field: string): SqlNode[] {
  const value = node.fields[field];
  return Array.isArray(value) ? value.flatMap((item) => nodeIn(field, item) ?? []) : [];
}

/** A field that holds a text, or undefined. */
export function textIn(node: SqlNode, field: string): string | undefined {
  const value = node.fields[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list of names (`funcname`, `names`, `fields`): undefined where a part is none (`*`, a subscript). */
export function namesIn(node: SqlNode, field: string): string[] | undefined {
  const names: string[] = [];
  for (const item of listIn(node, field)) {
    const name = item.type === "String" ? (textIn(item, "sval") ?? "") : undefined;
    if (name === undefined) return undefined;
    names.push(name);
  }
  return names;
}

/** A number of a constant, where it is one; a zero is written as nothing. */
export function integerOf(node: SqlNode | undefined): number | undefined {
  const value = node?.type === "A_Const" ? node.fields["ival"] : undefined;
  if (!isObject(value)) return undefined;
  const number = value["ival"] ?? 0;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}
