/**
 * The contract as zod schemas, for tools that check or generate documents. A running guard does not load
 * this entry: it decodes with the JSON Schemas generated from here, so zod is not on its way to a decision.
 */
export {
  BundleSchema, DemandSchema, EffectSchema, IsolationSchema, LabelSchema, LimitSchema, RiskSchema, RoleSchema,
  RuleSchema, SourceSchema, TierSchema, ToolSchema, TypeDeclarationSchema,
} from "./bundle.js";
export { DecisionSchema, FaultSchema, OutcomeEffectSchema, ReasonSchema } from "./decision.js";
export { ComparisonSchema, ExpressionSchema, FunctionNameSchema, IdentityKindSchema } from "./expression.js";
export { JsonSchema } from "./json.js";
export { IdentitySchema, RequestSchema } from "./request.js";
export { DigestSchema, NameSchema, QualifiedNameSchema, SpanSchema } from "./span.js";
export { FieldSchema, SimpleTypeSchema, TypeSchema } from "./type.js";
