import { z } from "zod";
import { JsonSchema, type Json } from "./json.js";
import { NameSchema, QualifiedNameSchema, SpanSchema, type Span } from "./span.js";
import { TypeSchema, type Type } from "./type.js";
import {
  ComparisonSchema,
  FunctionNameSchema,
  IdentityKindSchema,
  type Comparison,
  type FunctionName,
  type IdentityKind,
} from "./words.js";

const at = SpanSchema;
const text = z.string().max(65_536);

/** A typed expression of the bundle; the nodes are described at {@link ExpressionSchema}. */
export type Expression =
  | { op: "literal"; type: Type; value: Json; at: Span }
  | { op: "arg"; name: string; at: Span }
  | { op: "argsOf"; type: Type; at: Span }
  | { op: "claim"; of: IdentityKind; name: string; at: Span }
  | { op: "variable"; name: string; at: Span }
  | { op: "tool"; field: "name" | "risk"; at: Span }
  | { op: "now"; at: Span }
  | { op: "list"; items: Expression[]; at: Span }
  | { op: "field"; of: Expression; name: string; at: Span }
  | { op: "member"; type: Type; name: string; of: Expression; at: Span }
  | { op: "index"; of: Expression; index: Expression; at: Span }
  | { op: "map"; variable: string; list: Expression; body: Expression; at: Span }
  | { op: "arithmetic"; operator: "+" | "-" | "*" | "/"; left: Expression; right: Expression; at: Span }
  | { op: "negate"; of: Expression; at: Span }
  | { op: "function"; name: FunctionName; args: Expression[]; at: Span }
  | { op: "and"; items: Expression[]; at: Span }
  | { op: "or"; items: Expression[]; at: Span }
  | { op: "not"; of: Expression; at: Span }
  | { op: "role"; name: string; at: Span }
  | { op: "given"; path: string[]; at: Span }
  | { op: "compare"; operator: Comparison; type: Type; left: Expression; right: Expression; at: Span }
  | { op: "in"; type: Type; left: Expression; right: Expression; at: Span }
  | { op: "between"; type: Type; left: Expression; low: Expression; high: Expression; at: Span }
  | { op: "hostIn"; left: Expression; patterns: string[]; at: Span }
  | { op: "under"; left: Expression; right: Expression; at: Span }
  | { op: "like"; left: Expression; glob: string; at: Span }
  | { op: "matches"; left: Expression; pattern: string; at: Span }
  | { op: "contains"; left: Expression; right: Expression; at: Span }
  | { op: "every"; variable: string; list: Expression; body: Expression; at: Span }
  | { op: "some"; variable: string; list: Expression; body: Expression; at: Span }
  | { op: "param"; name: string; at: Span }
  | { op: "fact"; name: string; args: Expression[]; at: Span }
  | { op: "result"; at: Span }
  | { op: "sinks"; at: Span }
  | { op: "said"; of: Expression; at: Span }
  | { op: "asked"; intent: string; at: Span }
  | { op: "integrity"; of: Expression; level: string; at: Span }
  | { op: "readable"; by: Expression; at: Span }
  | { op: "labelled"; labels: string[][]; at: Span }
  | { op: "firstSeen"; at: Span }
  | { op: "detects"; of: Expression; detectors: string[]; at: Span }
  | { op: "did"; event: Event; at: Span };

/** What the history of a session is asked for: a call of a tool, how it ended, how long ago, and what must not have come since. */
export interface Event {
  tool: string;
  /** Over the arguments and the result of the call that is looked for. */
  when?: Expression | undefined;
  outcome: "ok" | "failed" | "denied";
  /** Milliseconds. */
  within?: number | undefined;
  /** Tools of which no call may have been started since. */
  unbroken: string[];
}

/**
 * A condition, or a value inside one. Every node is typed by the compiler: the evaluator never guesses.
 * Evaluation is in strong Kleene logic (language.md section 5): what cannot be known is unknown.
 */
export const ExpressionSchema: z.ZodType<Expression, Expression> = z.discriminatedUnion("op", [
  // -- values
  z.strictObject({ op: z.literal("literal"), type: TypeSchema, value: JsonSchema, at }),
  /** An argument of the call; unknown where the tool does not declare it or it was not given. */
  z.strictObject({ op: z.literal("arg"), name: NameSchema, at }),
  /** Every value of one type among the arguments, nested ones too, as a list. */
  z.strictObject({ op: z.literal("argsOf"), type: TypeSchema, at }),
  /** What the host proved about the caller; unknown where absent. */
  z.strictObject({ op: z.literal("claim"), of: IdentityKindSchema, name: NameSchema, at }),
  /** A name bound by `every`, `some` or `map`. */
  z.strictObject({ op: z.literal("variable"), name: NameSchema, at }),
  /** The tool's qualified name, or its risk. */
  z.strictObject({ op: z.literal("tool"), field: z.enum(["name", "risk"]), at }),
  /** The instant of the decision. */
  z.strictObject({ op: z.literal("now"), at }),
  z.strictObject({
    op: z.literal("list"),
    get items() {
      return z.array(ExpressionSchema).max(65_536);
    },
    at,
  }),
  /** A field of a record. */
  z.strictObject({
    op: z.literal("field"),
    get of() {
      return ExpressionSchema;
    },
    name: NameSchema,
    at,
  }),
  /** A member of a semantic type, such as `Url`'s `.host`; `type` is the receiver's. */
  z.strictObject({
    op: z.literal("member"),
    type: TypeSchema,
    name: NameSchema,
    get of() {
      return ExpressionSchema;
    },
    at,
  }),
  /** An element of a list, from 0; unknown past its end. */
  z.strictObject({
    op: z.literal("index"),
    get of() {
      return ExpressionSchema;
    },
    get index() {
      return ExpressionSchema;
    },
    at,
  }),
  /** A list of `body` for each element of `list`. */
  z.strictObject({
    op: z.literal("map"),
    variable: NameSchema,
    get list() {
      return ExpressionSchema;
    },
    get body() {
      return ExpressionSchema;
    },
    at,
  }),
  /** `+ - * /` on numbers, money, durations and instants; overflow, mixed currencies and division by zero are unknown. */
  z.strictObject({
    op: z.literal("arithmetic"),
    operator: z.enum(["+", "-", "*", "/"]),
    get left() {
      return ExpressionSchema;
    },
    get right() {
      return ExpressionSchema;
    },
    at,
  }),
  z.strictObject({
    op: z.literal("negate"),
    get of() {
      return ExpressionSchema;
    },
    at,
  }),
  z.strictObject({
    op: z.literal("function"),
    name: FunctionNameSchema,
    get args() {
      return z.array(ExpressionSchema).min(1).max(64);
    },
    at,
  }),
  // -- conditions
  z.strictObject({
    op: z.literal("and"),
    get items() {
      return z.array(ExpressionSchema).max(65_536);
    },
    at,
  }),
  z.strictObject({
    op: z.literal("or"),
    get items() {
      return z.array(ExpressionSchema).max(65_536);
    },
    at,
  }),
  z.strictObject({
    op: z.literal("not"),
    get of() {
      return ExpressionSchema;
    },
    at,
  }),
  /** Whether the caller has a role of the bundle. */
  z.strictObject({ op: z.literal("role"), name: NameSchema, at }),
  /** `has(x)`: whether an argument, or a field below one, was given. Never unknown. */
  z.strictObject({ op: z.literal("given"), path: z.array(NameSchema).min(1).max(64), at }),
  z.strictObject({
    op: z.literal("compare"),
    operator: ComparisonSchema,
    type: TypeSchema,
    get left() {
      return ExpressionSchema;
    },
    get right() {
      return ExpressionSchema;
    },
    at,
  }),
  /** Membership by equality of `type`. */
  z.strictObject({
    op: z.literal("in"),
    type: TypeSchema,
    get left() {
      return ExpressionSchema;
    },
    get right() {
      return ExpressionSchema;
    },
    at,
  }),
  /** `low <= left <= high`. */
  z.strictObject({
    op: z.literal("between"),
    type: TypeSchema,
    get left() {
      return ExpressionSchema;
    },
    get low() {
      return ExpressionSchema;
    },
    get high() {
      return ExpressionSchema;
    },
    at,
  }),
  /** A host against host patterns: `acme.com` itself, or `*.acme.com` for one or more labels before it. */
  z.strictObject({
    op: z.literal("hostIn"),
    get left() {
      return ExpressionSchema;
    },
    patterns: z.array(text).min(1).max(65_536),
    at,
  }),
  /** A path that is another or lies below it. */
  z.strictObject({
    op: z.literal("under"),
    get left() {
      return ExpressionSchema;
    },
    get right() {
      return ExpressionSchema;
    },
    at,
  }),
  /** A text or path against a glob. */
  z.strictObject({
    op: z.literal("like"),
    get left() {
      return ExpressionSchema;
    },
    glob: text,
    at,
  }),
  /** A text against an RE2 pattern, matched whole, in linear time. */
  z.strictObject({
    op: z.literal("matches"),
    get left() {
      return ExpressionSchema;
    },
    pattern: text,
    at,
  }),
  /** A text that holds another. */
  z.strictObject({
    op: z.literal("contains"),
    get left() {
      return ExpressionSchema;
    },
    get right() {
      return ExpressionSchema;
    },
    at,
  }),
  /** True over an empty list, or an optional one that was not given. */
  z.strictObject({
    op: z.literal("every"),
    variable: NameSchema,
    get list() {
      return ExpressionSchema;
    },
    get body() {
      return ExpressionSchema;
    },
    at,
  }),
  /** False over an empty list, or an optional one that was not given. */
  z.strictObject({
    op: z.literal("some"),
    variable: NameSchema,
    get list() {
      return ExpressionSchema;
    },
    get body() {
      return ExpressionSchema;
    },
    at,
  }),
  // -- what is given at start, asked of the host, or known of the conversation
  /** A value given when the guard starts. */
  z.strictObject({ op: z.literal("param"), name: NameSchema, at }),
  /** What the host answers; unknown where it fails and the fact has no `on error`. */
  z.strictObject({
    op: z.literal("fact"),
    name: NameSchema,
    get args() {
      return z.array(ExpressionSchema).max(16);
    },
    at,
  }),
  /** The result of a call: in `readers`, in events and in `output` rules. */
  z.strictObject({ op: z.literal("result"), at }),
  /** Every value of the tool's `sink` arguments, as one list. */
  z.strictObject({ op: z.literal("sinks"), at }),
  /** Whether a value stands whole in what the user said in his own words. */
  z.strictObject({
    op: z.literal("said"),
    get of() {
      return ExpressionSchema;
    },
    at,
  }),
  /** Whether the user's words hold one of an intent's phrases. */
  z.strictObject({ op: z.literal("asked"), intent: NameSchema, at }),
  /** `x from LEVEL`: the integrity of a value is that level or worse; for the best level, that level itself. */
  z.strictObject({
    op: z.literal("integrity"),
    get of() {
      return ExpressionSchema;
    },
    level: NameSchema,
    at,
  }),
  /** Whether what the call carries may be read by this value: one of the joined `readers`, or everyone is. */
  z.strictObject({
    op: z.literal("readable"),
    get by() {
      return ExpressionSchema;
    },
    at,
  }),
  /** Whether the labels that the call carries reach any of these sets of labels, each wholly; levels count from that level up. */
  z.strictObject({ op: z.literal("labelled"), labels: z.array(z.array(NameSchema).min(1).max(16)).min(1).max(64), at }),
  /** Whether a steering argument never stood in a trusted source before. */
  z.strictObject({ op: z.literal("firstSeen"), at }),
  /** Whether a detector finds something in a text; unknown where one is unavailable. */
  z.strictObject({
    op: z.literal("detects"),
    get of() {
      return ExpressionSchema;
    },
    detectors: z.array(NameSchema).min(1).max(32),
    at,
  }),
  /** Whether the history of the session and its delegates holds an event. */
  z.strictObject({
    op: z.literal("did"),
    get event() {
      return EventSchema;
    },
    at,
  }),
]);

/** {@link Event}; `unbroken` is resolved to tools by the compiler. */
export const EventSchema: z.ZodType<Event, Event> = z.strictObject({
  tool: QualifiedNameSchema,
  get when() {
    return ExpressionSchema.optional();
  },
  outcome: z.enum(["ok", "failed", "denied"]),
  within: z.int().min(1).max(1e12).optional(),
  unbroken: z.array(QualifiedNameSchema).max(65_536),
});
