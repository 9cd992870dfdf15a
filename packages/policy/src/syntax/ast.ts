import type { Place } from "../source/place.js";

/** A word where a name stands. */
export interface Ident {
  readonly text: string;
  readonly at: Place;
}

/** A qualified name, such as `crm.lookup`. */
export interface QName {
  readonly text: string;
  readonly parts: readonly Ident[];
  readonly at: Place;
}

export type ComparisonOperator =
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | "not in"
  | "under"
  | "like"
  | "matches"
  | "contains"
  | "has";

export interface OperatorNode {
  readonly operator: ComparisonOperator;
  readonly at: Place;
}

export interface RecordEntry {
  readonly name: Ident;
  readonly value: Expr;
}

/** An expression as written. */
export type Expr =
  | { readonly kind: "text"; readonly value: string; readonly at: Place }
  | { readonly kind: "number"; readonly text: string; readonly at: Place }
  | { readonly kind: "money"; readonly amount: string; readonly currency: string; readonly at: Place }
  | { readonly kind: "duration"; readonly text: string; readonly at: Place }
  | { readonly kind: "size"; readonly text: string; readonly at: Place }
  | { readonly kind: "instant"; readonly text: string; readonly at: Place }
  | { readonly kind: "bool"; readonly value: boolean; readonly at: Place }
  | { readonly kind: "list"; readonly items: readonly Expr[]; readonly at: Place }
  | { readonly kind: "record"; readonly entries: readonly RecordEntry[]; readonly at: Place }
  | { readonly kind: "range"; readonly low: Expr; readonly high: Expr; readonly at: Place }
  | { readonly kind: "name"; readonly name: string; readonly at: Place }
  | { readonly kind: "handle"; readonly index: number; readonly at: Place }
  | { readonly kind: "member"; readonly of: Expr; readonly name: Ident; readonly at: Place }
  | { readonly kind: "index"; readonly of: Expr; readonly index: Expr; readonly at: Place }
  | { readonly kind: "call"; readonly of: Expr; readonly args: readonly Expr[]; readonly at: Place }
  | { readonly kind: "given"; readonly path: QName; readonly at: Place }
  | { readonly kind: "negate"; readonly of: Expr; readonly at: Place }
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-" | "*" | "/";
      readonly left: Expr;
      readonly right: Expr;
      readonly at: Place;
    }
  | { readonly kind: "and" | "or"; readonly items: readonly Expr[]; readonly at: Place }
  | { readonly kind: "not"; readonly of: Expr; readonly at: Place }
  | {
      readonly kind: "compare";
      readonly operator: OperatorNode;
      readonly left: Expr;
      readonly right: Expr;
      readonly at: Place;
    }
  | Quantifier
  | { readonly kind: "from"; readonly of: Expr; readonly level: Ident; readonly at: Place }
  | { readonly kind: "did"; readonly event: EventPattern; readonly at: Place }
  | { readonly kind: "asked"; readonly intent: Ident; readonly at: Place };

/** `every PATH OP X`, `some arg of TYPE OP X`, `every x in xs: (EXPR)`. */
export interface Quantifier {
  readonly kind: "quantifier";
  readonly which: "every" | "some";
  /** A path, or the type of `arg of TYPE`. */
  readonly subject: Expr | { readonly kind: "argsOf"; readonly type: TypeNode; readonly at: Place };
  readonly operator: OperatorNode | undefined;
  /** `from LEVEL` in place of an operator. */
  readonly level: Ident | undefined;
  readonly right: Expr | undefined;
  readonly body: Expr | undefined;
  readonly at: Place;
}

/** What `did` and `after` ask the history for. */
export interface EventPattern {
  readonly tool: QName;
  readonly where: Expr | undefined;
  readonly outcome: Ident | undefined;
  readonly within: Ident | undefined;
  readonly unbroken: readonly Target[];
  readonly at: Place;
}

export type TypeNode =
  | { readonly kind: "list"; readonly of: TypeNode; readonly at: Place }
  | { readonly kind: "record"; readonly fields: readonly FieldNode[]; readonly at: Place }
  | { readonly kind: "enum"; readonly values: readonly Ident[]; readonly at: Place }
  | { readonly kind: "name"; readonly name: QName; readonly parameter: TypeParameter | undefined; readonly at: Place };

export interface TypeParameter {
  readonly kind: "number" | "text" | "name";
  readonly value: string;
  readonly at: Place;
}

export interface FieldNode {
  readonly name: Ident;
  readonly optional: boolean;
  readonly type: TypeNode;
  readonly by: Ident | undefined;
  readonly shape: { readonly operator: "matches" | "like"; readonly text: string; readonly at: Place } | undefined;
  readonly labels: readonly Ident[];
  readonly at: Place;
}

/** `*`, `fs.*`, a tool, an effect, or `reply`. `joined` says how it follows the one before it. */
export interface Target {
  readonly text: string;
  readonly joined: "," | "|" | undefined;
  readonly at: Place;
}

export interface Annotation {
  readonly name: Ident;
  readonly values: readonly string[];
  readonly at: Place;
}

interface Declared {
  readonly at: Place;
}

export type RuleKind = "allow" | "ask" | "forbid" | "require" | "quota" | "output" | "endorse";

export interface RuleNode extends Declared {
  readonly kind: "rule";
  readonly rule: RuleKind;
  readonly name: Ident;
  readonly targets: readonly Target[];
  readonly clauses: readonly Clause[];
}

export interface FlowNode extends Declared {
  readonly kind: "flow";
  readonly name: Ident | undefined;
  readonly labels: readonly (readonly Ident[])[];
  readonly targets: readonly Target[];
  readonly action: "forbid" | "ask" | "raise";
  readonly tier: Ident | undefined;
  readonly clauses: readonly Clause[];
}

export interface ToolNode extends Declared {
  readonly kind: "tool";
  readonly name: QName;
  readonly as: { readonly text: string; readonly at: Place } | undefined;
  readonly params: readonly FieldNode[];
  readonly result: TypeNode | undefined;
  readonly attributes: readonly Attribute[];
}

export type Attribute =
  | { readonly kind: "effect" | "labels" | "lowers"; readonly names: readonly Ident[]; readonly at: Place }
  | { readonly kind: "risk"; readonly name: Ident; readonly at: Place }
  | {
      readonly kind: "labelsBy";
      readonly argument: QName;
      readonly entries: readonly { readonly pattern: string; readonly label: Ident }[];
      readonly at: Place;
    }
  | { readonly kind: "readers"; readonly expression: Expr; readonly at: Place }
  | { readonly kind: "sink" | "steer"; readonly args: readonly QName[]; readonly at: Place }
  | { readonly kind: "network"; readonly hosts: Expr; readonly at: Place }
  | { readonly kind: "undo"; readonly tool: QName; readonly args: readonly RecordEntry[]; readonly at: Place }
  | { readonly kind: "pin"; readonly digest: string; readonly at: Place };

export type TierItem =
  | { readonly kind: "isolate"; readonly name: Ident; readonly at: Place }
  | { readonly kind: "network" | "read" | "write" | "env"; readonly list: Expr | undefined; readonly at: Place }
  | { readonly kind: "time" | "memory" | "output" | "cpu" | "processes"; readonly value: Ident; readonly at: Place }
  | { readonly kind: "approve"; readonly role: QName; readonly at: Place };

export interface LimitNode {
  readonly quantity:
    | { readonly kind: "concurrent" | "calls"; readonly count: Ident }
    | { readonly kind: "distinct"; readonly count: Ident; readonly argument: QName }
    | { readonly kind: "amount"; readonly amount: Expr; readonly of: Expr };
  readonly per: Ident | undefined;
  readonly by: readonly QName[];
}

export type Clause =
  | { readonly kind: "for"; readonly roles: readonly QName[]; readonly at: Place }
  | { readonly kind: "when" | "unless" | "forbid when"; readonly expression: Expr; readonly at: Place }
  | { readonly kind: "after"; readonly event: EventPattern; readonly at: Place }
  | { readonly kind: "from"; readonly roles: readonly QName[]; readonly exceptRequester: boolean; readonly at: Place }
  | { readonly kind: "quorum"; readonly count: Ident; readonly at: Place }
  | { readonly kind: "show"; readonly args: readonly QName[]; readonly at: Place }
  | { readonly kind: "expires"; readonly duration: Ident; readonly at: Place }
  | { readonly kind: "remember"; readonly duration: Ident; readonly args: readonly QName[]; readonly at: Place }
  | { readonly kind: "limit"; readonly limit: LimitNode; readonly at: Place }
  | {
      readonly kind: "redact" | "scan";
      readonly argument: QName;
      readonly detectors: readonly Ident[];
      readonly at: Place;
    }
  | { readonly kind: "clamp" | "set"; readonly argument: QName; readonly value: Expr; readonly at: Place }
  | { readonly kind: "drop"; readonly argument: QName; readonly at: Place }
  | { readonly kind: "isolate"; readonly tier: Ident; readonly at: Place }
  | { readonly kind: "because" | "tell"; readonly text: string; readonly at: Place }
  | { readonly kind: "truncate"; readonly argument: QName; readonly size: Ident; readonly at: Place }
  | { readonly kind: "label"; readonly argument: QName; readonly labels: readonly Ident[]; readonly at: Place };

/** The clause of a kind. */
export type ClauseOf<K extends Clause["kind"], C extends Clause = Clause> = C extends Clause
  ? K extends C["kind"]
    ? C
    : never
  : never;

export type Statement =
  | {
      readonly kind: "as";
      readonly roles: readonly QName[];
      readonly claims: readonly { readonly name: QName; readonly value: Expr }[];
      readonly at: Place;
    }
  | { readonly kind: "said"; readonly text: string; readonly at: Place }
  | {
      readonly kind: "given";
      readonly what: "label" | "fact";
      readonly names: readonly Ident[];
      readonly value: Expr | undefined;
      readonly at: Place;
    }
  | { readonly kind: "at"; readonly instant: Ident; readonly at: Place }
  | { readonly kind: "wait"; readonly duration: Ident; readonly at: Place }
  | CallNode;

export interface CallNode {
  readonly kind: "call";
  readonly tool: QName;
  readonly args: readonly RecordEntry[];
  readonly effect: "allow" | "ask" | "forbid";
  readonly by: readonly QName[];
  readonly from: readonly QName[];
  readonly isolated: Ident | undefined;
  readonly returns: Expr | undefined;
  /** `with (...)`: the arguments after transforms. */
  readonly with: { readonly args: readonly RecordEntry[]; readonly at: Place } | undefined;
  readonly at: Place;
}

export type Proof =
  | {
      readonly kind: "neverAllow" | "someAllow";
      readonly targets: readonly Target[];
      readonly when: Expr | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: "neverReach";
      readonly labels: readonly (readonly Ident[])[];
      readonly targets: readonly Target[];
      readonly at: Place;
    }
  | { readonly kind: "refines"; readonly left: QName; readonly right: QName; readonly at: Place };

export type DeclarationBody =
  | ({ readonly kind: "taint"; readonly mode: "context" | "value" } & Declared)
  | ({ readonly kind: "let"; readonly name: Ident; readonly value: Expr } & Declared)
  | ({ readonly kind: "param"; readonly name: Ident; readonly type: TypeNode } & Declared)
  | ({
      readonly kind: "label";
      readonly name: Ident;
      readonly ordered: boolean;
      readonly values: readonly Ident[];
    } & Declared)
  | ({ readonly kind: "identity"; readonly name: Ident; readonly record: TypeNode } & Declared)
  | ({ readonly kind: "type"; readonly name: Ident; readonly record: TypeNode } & Declared)
  | ({ readonly kind: "role"; readonly name: Ident; readonly when: Expr } & Declared)
  | ({
      readonly kind: "fact";
      readonly name: Ident;
      readonly params: readonly FieldNode[];
      readonly result: TypeNode;
      readonly timeout: Ident | undefined;
      readonly onError: Expr | undefined;
    } & Declared)
  | ({ readonly kind: "tier"; readonly name: Ident; readonly items: readonly TierItem[] } & Declared)
  | ({ readonly kind: "intent"; readonly name: Ident; readonly words: readonly string[] } & Declared)
  | ({ readonly kind: "test"; readonly name: Ident; readonly statements: readonly Statement[] } & Declared)
  | ({ readonly kind: "prove"; readonly name: Ident; readonly proof: Proof } & Declared)
  | ToolNode
  | RuleNode
  | FlowNode;

/** A declaration with what stands above it. */
export type Declaration = DeclarationBody & { readonly annotations: readonly Annotation[]; readonly doc?: string };

export interface Header {
  readonly name: QName;
  readonly version: Ident | undefined;
  readonly extends: QName | undefined;
  readonly final: Place | undefined;
  readonly at: Place;
}

export interface UseNode {
  /** A file or package as a text, or a module of the standard library as a name. */
  readonly from: { readonly kind: "text" | "std"; readonly value: string; readonly at: Place };
  readonly names: readonly QName[] | undefined;
  readonly as: Ident | undefined;
  readonly at: Place;
}

/** One file as written. */
export interface PolicyFile {
  readonly header: Header | undefined;
  readonly uses: readonly UseNode[];
  readonly declarations: readonly Declaration[];
}
