/**
 * The contract as zod schemas, for tools that check or generate documents. A running guard does not load
 * this entry: it decodes with the JSON Schemas generated from here, so zod is not on its way to a decision.
 */
export {
  BundleSchema,
  DemandSchema,
  EffectSchema,
  EndorsementSchema,
  FactSchema,
  IntentSchema,
  IsolationSchema,
  LabelSchema,
  LimitSchema,
  OutputStepSchema,
  ParamSchema,
  RememberSchema,
  RiskSchema,
  RoleSchema,
  RuleSchema,
  SourceSchema,
  TagSchema,
  TierSchema,
  ToolSchema,
  TransformSchema,
  TypeDeclarationSchema,
} from "./bundle.js";
export { DecisionSchema, FaultSchema, OutcomeEffectSchema, ReasonSchema } from "./decision.js";
export { EventSchema, ExpressionSchema } from "./expression.js";
export { JsonSchema } from "./json.js";
export { IdentitySchema, RequestSchema } from "./request.js";
export { DigestSchema, NameSchema, QualifiedNameSchema, SpanSchema } from "./span.js";
export { RunUseSchema, TracedCallSchema, TraceSchema } from "./trace.js";
export { FieldSchema, SimpleTypeSchema, TypeSchema } from "./type.js";
export { ComparisonSchema, FunctionNameSchema, IdentityKindSchema } from "./words.js";
