import { z } from "zod";
import { DemandSchema, IsolationSchema, RiskSchema } from "./bundle.js";
import { NameSchema } from "./span.js";

/** In this order: a refusal is below a question, and a question below a grant. */
export const OutcomeEffectSchema = z.enum(["forbid", "ask", "allow"]);

/**
 * Why a decision is what it is: a rule, or one of the runtime's own reasons. `input`: the call does not
 * normalise; `default`: nothing grants it; `limit`: a limit is used up; `tier`: the tier it needs is missing.
 */
export const ReasonSchema = z.strictObject({
  by: z.union([NameSchema, z.enum(["input", "default", "limit", "tier"])]),
  kind: z.enum(["allow", "ask", "forbid", "demand", "tier", "input", "default", "limit"]),
  truth: z.enum(["true", "unknown"]),
});

/** What stands in the way of normalisation: where (a path such as `to[0]`), a code, and a sentence. */
export const FaultSchema = z.strictObject({ path: z.string(), code: z.string(), message: z.string() });

/** What the rules say of one request; pure: limits are named here and counted by the runtime. */
export const DecisionSchema = z.strictObject({
  format: z.literal("writ.decision/1"),
  effect: OutcomeEffectSchema,
  reasons: z.array(ReasonSchema),
  demands: z.array(DemandSchema.extend({ by: NameSchema })),
  limits: z.array(z.strictObject({ by: NameSchema, index: z.int().min(0) })),
  tier: z.strictObject({ name: RiskSchema, isolate: IsolationSchema }).optional(),
  fault: FaultSchema.optional(),
});

export type OutcomeEffect = z.infer<typeof OutcomeEffectSchema>;
export type Reason = z.infer<typeof ReasonSchema>;
export type Fault = z.infer<typeof FaultSchema>;
export type Decision = z.infer<typeof DecisionSchema>;
