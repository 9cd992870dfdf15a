import { z } from "zod";
import { ExpressionSchema } from "./expression.js";
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
  doc: z.string().max(65_536).optional(),
  at,
});

/** `limit N calls per WINDOW by KEYS`; a window in milliseconds, sliding, or the session. */
export const LimitSchema = z.strictObject({
  kind: z.literal("calls"),
  count: z.int().min(0).max(1e9),
  window: z.union([milliseconds, z.literal("session")]),
  by: z.array(ExpressionSchema).max(16),
  at,
});

/** What an `ask` demands: who may agree, how many of them, within which time, and what they are shown. */
export const DemandSchema = z.strictObject({
  from: names.min(1),
  requester: z.boolean(),
  quorum: z.int().min(1).max(100),
  expires: milliseconds,
  show: z.array(z.string().max(256)).max(64),
});

const rule = {
  id: NameSchema,
  tools: z.array(QualifiedNameSchema).max(65_536),
  when: ExpressionSchema,
  limits: z.array(LimitSchema).max(64),
  isolate: RiskSchema.optional(),
  because: sentence.optional(),
  tell: sentence.optional(),
  doc: z.string().max(65_536).optional(),
  at,
};

/** A rule, its targets resolved to tools and its clauses joined into one condition. */
export const RuleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("allow"), ...rule }),
  z.strictObject({ kind: z.literal("ask"), ...rule, demand: DemandSchema }),
  z.strictObject({ kind: z.literal("forbid"), ...rule }),
]);

/** The text a span points into; `name` is relative to the folder of the first source. */
export const SourceSchema = z.strictObject({ name: z.string().min(1).max(4096), digest: DigestSchema });

/** A compiled policy, complete and portable: what the runtime is given. */
export const BundleSchema = z.strictObject({
  format: z.literal("writ.bundle/1"),
  policy: z.strictObject({ name: QualifiedNameSchema, version: z.int().min(0).max(1e9).optional() }),
  sources: z.array(SourceSchema).min(1).max(4096),
  labels: z.array(LabelSchema).max(256),
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
export type Demand = z.infer<typeof DemandSchema>;
export type Rule = z.infer<typeof RuleSchema>;
export type Source = z.infer<typeof SourceSchema>;
export type Bundle = z.infer<typeof BundleSchema>;
