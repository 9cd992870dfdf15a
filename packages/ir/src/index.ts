/**
 * The contract of Writ: what a bundle, a request and a decision are. What decodes them is on the
 * entry `@writ/ir/decode`, the zod schemas on `@writ/ir/schema`, the semantic types on `@writ/ir/values`; none is loaded
 * from here.
 */
export { canonicalBytes, canonicalize } from "./canonical.js";
export { digest, sha256Hex } from "./digest.js";
export { ARGUMENT_BOUNDS, BUNDLE_BOUNDS, copyJson, type Bounds, type JsonCopy, type JsonFault } from "./json.js";
export type {
  Bundle,
  Demand,
  Effect,
  Endorsement,
  Fact,
  Intent,
  Isolation,
  Label,
  Limit,
  OutputStep,
  Param,
  Remember,
  Risk,
  Role,
  Rule,
  Source,
  Tag,
  Tier,
  Tool,
  Transform,
  TypeDeclaration,
} from "./schema/bundle.js";
export type { Decision, Fault, OutcomeEffect, Reason } from "./schema/decision.js";
export type { Event, Expression } from "./schema/expression.js";
export type { Comparison, FunctionName, IdentityKind } from "./schema/words.js";
export type { Json } from "./schema/json.js";
export type { Identity, Request } from "./schema/request.js";
export type { Span } from "./schema/span.js";
export type { RunUse, Trace, TracedCall } from "./schema/trace.js";
export type { Field, Type } from "./schema/type.js";
export { printExpression, printType } from "./print.js";
export { bundleExpressions, children, walk } from "./walk.js";
