import { z } from "zod";

const offset = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/**
 * Where a node stands in its source: `[source, start, end, line, column]`. `source` indexes the bundle's
 * `sources`; `start` and `end` are UTF-16 offsets, end exclusive; line and column count from 1.
 */
export const SpanSchema = z.tuple([offset, offset, offset, offset, offset]);
export type Span = z.infer<typeof SpanSchema>;

/** A name of the language: a rule, a role, a field, an argument. */
export const NameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);

/** A qualified name: a tool or a policy. */
export const QualifiedNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}(\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$/);

/** `sha256:` and 64 lower-case hexadecimal digits. */
export const DigestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);
