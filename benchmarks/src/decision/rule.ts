/** What a rule tests. The fields of a call are its arguments; `user` is who calls, `roles` what that person holds. */
export type Condition =
  | { readonly op: "equal" | "notEqual"; readonly field: string; readonly value: string }
  | { readonly op: "oneOf"; readonly field: string; readonly values: readonly string[] }
  /** One of a list of host names. */
  | { readonly op: "hostIn"; readonly field: string; readonly values: readonly string[] }
  /** Below a folder, which is written without its last slash. */
  | { readonly op: "under"; readonly field: string; readonly folder: string }
  | { readonly op: "startsWith"; readonly field: string; readonly prefix: string }
  | { readonly op: "below" | "atMost" | "above" | "atLeast"; readonly field: string; readonly value: number }
  | { readonly op: "role"; readonly anyOf: readonly string[] };

/** One rule: its effect where every condition holds. */
export interface Rule {
  readonly id: string;
  readonly tool: string;
  readonly effect: "permit" | "forbid";
  readonly when: readonly Condition[];
}

/** A call to decide, in no engine's own shape. */
export interface Request {
  readonly tool: string;
  readonly user: string;
  readonly roles: readonly string[];
  readonly args: Readonly<Record<string, string | number>>;
}

/** A parameter of a tool. `Path` and `Host` are what Writ makes canonical before it decides; elsewhere they are texts. */
export type ParamType = "Id" | "Int" | "Path" | "Host" | "Line";

export interface ToolShape {
  readonly name: string;
  readonly params: Readonly<Record<string, ParamType>>;
}

/** The same rules and calls for every engine, with the decisions that a plain reading of the rules gives. */
export interface Workload {
  readonly shape: "spread" | "dense";
  readonly tools: readonly ToolShape[];
  readonly rules: readonly Rule[];
  readonly rulesOf: ReadonlyMap<string, readonly Rule[]>;
  readonly requests: readonly Request[];
  /** Whether each request is allowed. */
  readonly expected: readonly boolean[];
}

/** Any forbid that holds refuses; otherwise any permit that holds allows. The measure that engines are compared with. */
export function isAllowed(rules: readonly Rule[], request: Request): boolean {
  let permitted = false;
  for (const rule of rules) {
    if (!rule.when.every((condition) => holds(condition, request))) continue;
    if (rule.effect === "forbid") return false;
    permitted = true;
  }
  return permitted;
}

function holds(condition: Condition, request: Request): boolean {
  if (condition.op === "role") return request.roles.some((role) => condition.anyOf.includes(role));
  const value = condition.field === "user" ? request.user : request.args[condition.field];
  if (typeof value === "number") return numberHolds(condition, value);
  if (value === undefined) throw new Error(`a call of ${request.tool} has no ${condition.field}`);
  switch (condition.op) {
    case "equal":
      return value === condition.value;
    case "notEqual":
      return value !== condition.value;
    case "oneOf":
    case "hostIn":
      return condition.values.includes(value);
    case "under":
      return value.startsWith(`${condition.folder}/`);
    case "startsWith":
      return value.startsWith(condition.prefix);
    default:
      throw new Error(`${condition.field} is a text`);
  }
}

function numberHolds(condition: Condition, value: number): boolean {
  switch (condition.op) {
    case "below":
      return value < condition.value;
    case "atMost":
      return value <= condition.value;
    case "above":
      return value > condition.value;
    case "atLeast":
      return value >= condition.value;
    default:
      throw new Error(`${condition.op} does not test a number`);
  }
}
