import { z } from "zod";

/** The identities whose claims a condition may read. */
export const IdentityKindSchema = z.enum(["user", "agent", "session"]);

/** Operators of `compare`; both sides have the type that the node names. */
export const ComparisonSchema = z.enum(["==", "!=", "<", "<=", ">", ">="]);

/** Functions of the language; none has an effect, all end. */
export const FunctionNameSchema = z.enum([
  "size",
  "lower",
  "upper",
  "trim",
  "path",
  "host",
  "domain",
  "min",
  "max",
  "count",
  "sum",
  "hash",
]);
export type FunctionName = z.infer<typeof FunctionNameSchema>;
export type IdentityKind = z.infer<typeof IdentityKindSchema>;
export type Comparison = z.infer<typeof ComparisonSchema>;
