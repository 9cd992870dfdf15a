import { z } from "zod";
import { NameSchema } from "./span.js";

const length = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);

const simple = [
  "Bool",
  "Int",
  "Decimal",
  "Id",
  "Bytes",
  "Duration",
  "Time",
  "Json",
  "Path",
  "Url",
  "Host",
  "Ip",
  "Email",
  "Command",
] as const;

/** A type of the language, as {@link TypeSchema} describes it. */
export type Type =
  | { kind: (typeof simple)[number] }
  | { kind: "Text" | "Line"; max?: number | undefined }
  | { kind: "Money"; currency?: string | undefined }
  | { kind: "Enum"; values: string[] }
  | { kind: "Sql"; dialect: "postgresql" }
  | { kind: "Ref"; of: string }
  | { kind: "Named"; name: string }
  | { kind: "List"; of: Type }
  | { kind: "Record"; fields: Field[] };

/** A field of a record, a claim of an identity or a parameter of a tool. */
export interface Field {
  name: string;
  type: Type;
  optional?: true | undefined;
  /** Labels of the field's own: a field of a result that says none has its tool's. */
  labels?: string[] | undefined;
  /** A shape that a trusted text must have; a value that misses it is untrusted. RE2, matched whole. */
  matches?: string | undefined;
  /** The same as a glob. */
  like?: string | undefined;
  /** The field that gives this one its integrity: what a reference is known by. */
  by?: string | undefined;
}

/** A type without parameters. */
export const SimpleTypeSchema = z.strictObject({ kind: z.enum(simple) });

/**
 * A type of the language (language.md section 2). Named records stand once in the bundle's `types` and
 * are referred to by `Named`, so that a message can name them; they never refer to themselves.
 */
export const TypeSchema: z.ZodType<Type, Type> = z.discriminatedUnion("kind", [
  SimpleTypeSchema,
  z.strictObject({ kind: z.literal("Text"), max: length.optional() }),
  z.strictObject({ kind: z.literal("Line"), max: length.optional() }),
  z.strictObject({
    kind: z.literal("Money"),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional(),
  }),
  z.strictObject({ kind: z.literal("Enum"), values: z.array(z.string().max(1024)).min(1).max(1024) }),
  z.strictObject({ kind: z.literal("Sql"), dialect: z.literal("postgresql") }),
  /** An identifier of one kind: it stands only in fields of the same kind. */
  z.strictObject({ kind: z.literal("Ref"), of: z.string().min(1).max(256) }),
  z.strictObject({ kind: z.literal("Named"), name: NameSchema }),
  z.strictObject({
    kind: z.literal("List"),
    get of() {
      return TypeSchema;
    },
  }),
  z.strictObject({
    kind: z.literal("Record"),
    get fields() {
      return z.array(FieldSchema).max(1024);
    },
  }),
]);

/** A field of a record, a claim of an identity or a parameter of a tool. */
export const FieldSchema: z.ZodType<Field, Field> = z.strictObject({
  name: NameSchema,
  get type() {
    return TypeSchema;
  },
  optional: z.literal(true).optional(),
  labels: z.array(NameSchema).max(64).optional(),
  matches: z.string().max(1024).optional(),
  like: z.string().max(1024).optional(),
  by: NameSchema.optional(),
});
