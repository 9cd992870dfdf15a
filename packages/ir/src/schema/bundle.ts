import { z } from "zod";
import { ExpressionSchema } from "./expression.js";
import { JsonSchema } from "./json.js";
import { DigestSchema, NameSchema, QualifiedNameSchema, SpanSchema } from "./span.js";
import { FieldSchema, TypeSchema } from "./type.js";

const at = SpanSchema;
const sentence = z.string().max(4096);
const milliseconds = z.int().min(1).max(1e12);
const bytes = z.int().min(1).max(1e15);
const names = z.array(NameSchema).max(1024);

/** What a tool does to the world. */
export const EffectSchema = z.enum(["read", "write", "delete", "egress", "exec", "pay"]);

/** How dangerous a call is; a tool without a declared risk is `critical`. */
export const RiskSchema = z.enum(["low", "medium", "high", "critical"]);

/** Isolation backends, weakest first. */
export const IsolationSchema = z.enum(["inline", "process", "wasm", "container", "gvisor"]);

/** A role: who may be meant by `for` and `from`. */
export const RoleSchema = z.strictObject({ name: NameSchema, when: ExpressionSchema, at });

/** A named record type. */
export const TypeDeclarationSchema = z.strictObject({ name: NameSchema, type: TypeSchema, at });

/** The labels of one `label` declaration: an ordered scale, lowest first, or a set of categories. */
export const LabelSchema = z.strictObject({ name: NameSchema, ordered: z.boolean(), values: names.min(1), at });

/** A tier: where a call of that risk runs, and within what bounds. Times in milliseconds, sizes in bytes. */
export const TierSchema = z.strictObject({
  name: RiskSchema,
  isolate: IsolationSchema,
  network: z.array(z.string().max(1024)).max(1024),
  read: z.array(z.string().max(4096)).max(1024),
  write: z.array(z.string().max(4096)).max(1024),
  env: names,
  time: milliseconds.optional(),
  cpu: z.number().min(0.01).max(1024).optional(),
  memory: bytes.optional(),
  processes: z.int().min(1).max(1e6).optional(),
  output: bytes.optional(),
  approve: NameSchema.optional(),
  at,
});

/** A tool as the policy declares it. `as` is the name a host knows it by, where that is no name of the language. */
export const ToolSchema = z.strictObject({
  name: QualifiedNameSchema,
  as: z.string().min(1).max(512).optional(),
  params: z.array(FieldSchema).max(256),
  result: TypeSchema.optional(),
  effects: z.array(EffectSchema).max(6),
  risk: RiskSchema,
  labels: names,
  sinks: names,
  steer: names.optional(),
  /** Further labels of the result by the value of a `Path` argument; all entries that match join. */
  labelsBy: z
    .strictObject({
      arg: NameSchema,
      entries: z
        .array(z.strictObject({ glob: z.string().max(1024), label: NameSchema }))
        .min(1)
        .max(1024),
    })
    .optional(),
  /** Who may read a result: a list over the arguments and the result. Absent: nobody where a label asks for care, else everyone. */
  readers: ExpressionSchema.optional(),
  /** Labels that this tool, and no other, may take away. */
  lowers: names.optional(),
  /** The compensating call, its arguments over this call's arguments and result. */
  undo: z
    .strictObject({
      tool: QualifiedNameSchema,
      args: z.array(z.strictObject({ name: NameSchema, value: ExpressionSchema })).max(64),
    })
    .optional(),
  /** Digest that the tool's schema and description must have. */
  pin: DigestSchema.optional(),
  /** Hosts that the tool may reach from its sandbox, in place of its tier's. */
  network: z.array(z.string().max(1024)).max(1024).optional(),
  doc: z.string().max(65_536).optional(),
  at,
});

const window = z.union([milliseconds, z.literal("session")]);
const limit = {
  by: z.array(ExpressionSchema).max(16),
  /** The tools of the rule that it binds, where it leaves some out: under `*` or a glob those that lack what it names. */
  tools: z.array(QualifiedNameSchema).min(1).max(65_536).optional(),
  at,
};

/** A limit; windows are in milliseconds, sliding, or the session. */
export const LimitSchema = z.discriminatedUnion("kind", [
  /** `limit N calls per WINDOW`. */
  z.strictObject({ kind: z.literal("calls"), count: z.int().min(0).max(1e9), window, ...limit }),
  /** `limit N distinct ARG per WINDOW`. */
  z.strictObject({
    kind: z.literal("distinct"),
    count: z.int().min(0).max(1e6),
    of: ExpressionSchema,
    window,
    ...limit,
  }),
  /** `limit LITERAL of EXPR per WINDOW`: a sum of money, sizes, durations or numbers. */
  z.strictObject({
    kind: z.literal("sum"),
    type: TypeSchema,
    total: JsonSchema,
    of: ExpressionSchema,
    window,
    ...limit,
  }),
  /** `limit N concurrent`. */
  z.strictObject({ kind: z.literal("concurrent"), count: z.int().min(0).max(1e6), ...limit }),
]);

/** What an `ask` demands: who may agree, how many of them, within which time, and what they are shown. */
export const DemandSchema = z.strictObject({
  from: names.min(1),
  requester: z.boolean(),
  quorum: z.int().min(1).max(100),
  expires: milliseconds,
  show: z.array(z.string().max(256)).max(64),
});

/** Where a value stands below an argument, or below `result` or `text` in an `output` rule. */
const path = z.array(NameSchema).min(1).max(64);

/** What a grant changes in the arguments before the call is decided again and made. */
export const TransformSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("redact"), path, detectors: names.min(1), at }),
  z.strictObject({
    kind: z.literal("clamp"),
    path,
    type: TypeSchema,
    low: ExpressionSchema,
    high: ExpressionSchema,
    at,
  }),
  z.strictObject({ kind: z.literal("set"), path, type: TypeSchema, value: ExpressionSchema, at }),
  z.strictObject({ kind: z.literal("drop"), path, at }),
]);

/** What an `output` rule does to a result, in the order of language.md section 4. */
export const OutputStepSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("forbid"), when: ExpressionSchema, at }),
  z.strictObject({ kind: z.literal("scan"), path, detectors: names.min(1), at }),
  z.strictObject({ kind: z.literal("redact"), path, detectors: names.min(1), at }),
  z.strictObject({ kind: z.literal("truncate"), path, bytes, at }),
  z.strictObject({ kind: z.literal("label"), path, labels: names.min(1), at }),
]);

/** `remember D on ARGS`: later calls with equal arguments need no new approval. */
export const RememberSchema = z.strictObject({ window, on: z.array(path).min(1).max(64) });

/** `@owasp("ASI02")`: ties a rule to a control. */
export const TagSchema = z.strictObject({ family: NameSchema, values: z.array(z.string().max(256)).max(64) });

const rule = {
  id: NameSchema,
  /** What the author wrote, where it is not the kind itself: a `flow` that refuses is a `forbid` here. */
  form: z.enum(["flow", "require"]).optional(),
  /** `reply` stands for the agent's final answer. */
  tools: z.array(QualifiedNameSchema).max(65_536),
  when: ExpressionSchema,
  limits: z.array(LimitSchema).max(64),
  isolate: RiskSchema.optional(),
  because: sentence.optional(),
  tell: sentence.optional(),
  doc: z.string().max(65_536).optional(),
  /** Evaluated and recorded with counters of its own; changes nothing. */
  shadow: z.literal(true).optional(),
  tags: z.array(TagSchema).max(64).optional(),
  at,
};

const grant = { transforms: z.array(TransformSchema).max(64).optional() };

/** A rule, its targets resolved to tools and its clauses joined into one condition. */
export const RuleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("allow"), ...rule, ...grant }),
  z.strictObject({
    kind: z.literal("ask"),
    ...rule,
    ...grant,
    demand: DemandSchema,
    remember: RememberSchema.optional(),
  }),
  z.strictObject({ kind: z.literal("forbid"), ...rule }),
  /** A flow that asks: it demands, and never grants. */
  z.strictObject({ kind: z.literal("demand"), ...rule, demand: DemandSchema, remember: RememberSchema.optional() }),
  /** A flow that raises the tier: `isolate` says to which. */
  z.strictObject({ kind: z.literal("raise"), ...rule }),
  /** Limits without a grant. */
  z.strictObject({ kind: z.literal("quota"), ...rule }),
  z.strictObject({ kind: z.literal("output"), ...rule, steps: z.array(OutputStepSchema).min(1).max(64) }),
]);

/** A value given when the guard starts; part of what a decision is bound to. */
export const ParamSchema = z.strictObject({ name: NameSchema, type: TypeSchema, at });

/** Something asked of the host before a decision. */
export const FactSchema = z.strictObject({
  name: NameSchema,
  params: z.array(FieldSchema).max(16),
  result: TypeSchema,
  timeout: milliseconds.optional(),
  onError: JsonSchema.optional(),
  at,
});

/** The words by which a user asks for something. */
export const IntentSchema = z.strictObject({
  name: NameSchema,
  phrases: z.array(z.string().min(1).max(256)).min(1).max(256),
  at,
});

/** Lifts a result from untrusted to named where its condition holds. */
export const EndorsementSchema = z.strictObject({
  id: NameSchema,
  tools: z.array(QualifiedNameSchema).max(65_536),
  when: ExpressionSchema,
  at,
});

/** The text a span points into; `name` is relative to the folder of the first source. */
export const SourceSchema = z.strictObject({ name: z.string().min(1).max(4096), digest: DigestSchema });

/** A compiled policy, complete and portable: what the runtime is given. */
export const BundleSchema = z.strictObject({
  format: z.literal("writ.bundle/1"),
  policy: z.strictObject({ name: QualifiedNameSchema, version: z.int().min(0).max(1e9).optional() }),
  sources: z.array(SourceSchema).min(1).max(4096),
  /** How a value gets its labels: from all that was read, or from where it stands. */
  taint: z.enum(["context", "value"]),
  labels: z.array(LabelSchema).max(256),
  params: z.array(ParamSchema).max(256),
  facts: z.array(FactSchema).max(256),
  intents: z.array(IntentSchema).max(256),
  endorsements: z.array(EndorsementSchema).max(4096),
  types: z.array(TypeDeclarationSchema).max(65_536),
  identity: z.strictObject({
    user: z.array(FieldSchema).max(256),
    agent: z.array(FieldSchema).max(256),
    session: z.array(FieldSchema).max(256),
  }),
  roles: z.array(RoleSchema).max(65_536),
  tiers: z.array(TierSchema).max(4),
  tools: z.array(ToolSchema).max(65_536),
  rules: z.array(RuleSchema).max(262_144),
});

export type Effect = z.infer<typeof EffectSchema>;
export type Risk = z.infer<typeof RiskSchema>;
export type Isolation = z.infer<typeof IsolationSchema>;
export type Role = z.infer<typeof RoleSchema>;
export type TypeDeclaration = z.infer<typeof TypeDeclarationSchema>;
export type Label = z.infer<typeof LabelSchema>;
export type Tier = z.infer<typeof TierSchema>;
export type Tool = z.infer<typeof ToolSchema>;
export type Limit = z.infer<typeof LimitSchema>;
export type Transform = z.infer<typeof TransformSchema>;
export type OutputStep = z.infer<typeof OutputStepSchema>;
export type Remember = z.infer<typeof RememberSchema>;
export type Tag = z.infer<typeof TagSchema>;
export type Param = z.infer<typeof ParamSchema>;
export type Fact = z.infer<typeof FactSchema>;
export type Intent = z.infer<typeof IntentSchema>;
export type Endorsement = z.infer<typeof EndorsementSchema>;
export type Demand = z.infer<typeof DemandSchema>;
export type Rule = z.infer<typeof RuleSchema>;
export type Source = z.infer<typeof SourceSchema>;
export type Bundle = z.infer<typeof BundleSchema>;
