import { parseTree } from "./engine.js";
import { MAX_SQL, type SqlMembers } from "./sql.js";
import { factsOf, type StatementFacts } from "./statement.js";
import { integerOf, isObject, nodeIn, textIn, type SqlNode } from "./tree.js";

/** What the statements of a text are, or why it is none. Never throws. */
export function membersOf(text: string): SqlMembers | string {
  const statements = statementsOf(text);
  if (typeof statements === "string") return statements;
  try {
    return summary(statements.map((statement) => statement.node));
  } catch (error) {
    // The walk recurses as deep as the statement; a host that calls from deep in its own stack may have little left.
    if (!(error instanceof RangeError)) throw error;
    return "the statement is nested too deeply";
  }
}

function summary(statements: readonly SqlNode[]): SqlMembers {
  const facts = statements.map(factsOf);
  const [first] = facts;
  const [single] = statements;
  const filtered = facts.filter((fact) => changesRows(fact)).map((fact) => fact.filtered);
  return {
    statements: statements.length,
    kind: facts.every((fact) => fact.kind === first?.kind) ? first?.kind : undefined,
    readonly: facts.some((fact) => fact.readonly === false)
      ? false
      : facts.every((fact) => fact.readonly === true)
        ? true
        : undefined,
    tables: union(facts, (fact) => fact.tables),
    columns: union(facts, (fact) => fact.columns),
    limit: statements.length === 1 && single !== undefined ? limitOf(single) : undefined,
    filtered: filtered.includes(false)
      ? false
      : filtered.length > 0 && filtered.every((fact) => fact === true)
        ? true
        : undefined,
  };
}

function changesRows(fact: StatementFacts): boolean {
  return (
    fact.filtered !== undefined ||
    fact.kind === "update" ||
    fact.kind === "delete" ||
    fact.kind === undefined ||
    fact.kind === "merge"
  );
}

function union(
  facts: readonly StatementFacts[],
  of: (fact: StatementFacts) => readonly string[] | undefined,
): readonly string[] | undefined {
  const all = new Set<string>();
  for (const fact of facts) {
    const items = of(fact);
    if (items === undefined) return undefined;
    for (const item of items) all.add(item);
  }
  return [...all];
}

function limitOf(node: SqlNode): number | undefined {
  // `WITH TIES` gives more rows than its number.
  if (node.type !== "SelectStmt" || textIn(node, "limitOption") !== "LIMIT_OPTION_COUNT") return undefined;
  return integerOf(nodeIn("limitCount", node.fields["limitCount"]));
}

/** A statement and where it stands in the text's UTF-8 bytes. */
export interface Statement {
  readonly node: SqlNode;
  readonly start: number;
  /** Undefined: to the end of the text. */
  readonly length: number | undefined;
}

/** The statements of a text, or a message. */
export function statementsOf(text: string): readonly Statement[] | string {
  if (text.length > MAX_SQL) return `a statement has at most ${MAX_SQL} characters`;
  if (text.includes("\0") || !text.isWellFormed()) return "a statement holds no NUL and no half of a surrogate pair";
  const parsed = parseTree(text);
  if (!parsed.ok) return parsed.message;
  const list = isObject(parsed.tree) ? parsed.tree["stmts"] : undefined;
  const statements: Statement[] = [];
  for (const item of Array.isArray(list) ? list : []) {
    if (!isObject(item)) return "the text is not a statement of PostgreSQL";
    const node = nodeIn("stmt", item["stmt"]);
    if (node === undefined) return "the text is not a statement of PostgreSQL";
    const [start, length] = [item["stmt_location"] ?? 0, item["stmt_len"]];
    statements.push({
      node,
      start: typeof start === "number" ? start : 0,
      length: typeof length === "number" && length > 0 ? length : undefined,
    });
  }
  return statements.length === 0 ? "the text holds no statement" : statements;
}
