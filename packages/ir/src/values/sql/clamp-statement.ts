import { limitBytes } from "./limit-bytes.js";
import { statementsOf, type Statement } from "./read-sql.js";
import { integerOf, nodeIn, textIn } from "./tree.js";

/** See `clampLimit` in sql.ts. */
export function clampLimit(text: string, low: number, high: number): string | undefined {
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low < 0 || high > 0x7fff_ffff || low > high)
    return undefined;
  const statement = onlySelect(text);
  if (statement === undefined) return undefined;
  const option = textIn(statement.node, "limitOption");
  if (option !== "LIMIT_OPTION_DEFAULT" && option !== "LIMIT_OPTION_COUNT") return undefined;
  const count = nodeIn("limitCount", statement.node.fields["limitCount"]);
  const unlimited = count === undefined || (count.type === "A_Const" && count.fields["isnull"] === true);
  const now = integerOf(count);
  if (!unlimited && now === undefined) return undefined;
  const wanted = now === undefined ? high : Math.min(high, Math.max(low, now));
  if (wanted === now) return text;
  const changed = limitBytes(text, statement, count?.fields["location"], wanted);
  try {
    return changed !== undefined && sameBut(text, changed, wanted) ? changed : undefined;
  } catch (error) {
    // A statement nested thousands deep; what cannot be compared is not proven.
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

function onlySelect(text: string): Statement | undefined {
  const statements = statementsOf(text);
  if (typeof statements === "string" || statements.length !== 1) return undefined;
  const [statement] = statements;
  return statement?.node.type === "SelectStmt" ? statement : undefined;
}

/** The proof: both texts parse to one `SELECT`, alike in everything but the limit, and the limit is the wanted one. */
function sameBut(before: string, after: string, limit: number): boolean {
  const [a, b] = [onlySelect(before), onlySelect(after)];
  if (a === undefined || b === undefined) return false;
  if (
    textIn(b.node, "limitOption") !== "LIMIT_OPTION_COUNT" ||
    integerOf(nodeIn("limitCount", b.node.fields["limitCount"])) !== limit
  )
    return false;
  return withoutLimit(a) === withoutLimit(b);
}

function withoutLimit(statement: Statement): string {
  const { limitCount: _count, limitOption: _option, ...rest } = statement.node.fields;
  return JSON.stringify(rest, (key, value: unknown) => (/(?:^|_)location$/.test(key) ? undefined : value));
}
