import { z } from "zod";

/** A JSON value (RFC 8259), deeply read-only. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON value. Size and depth are bounded by the decoder, not by the schema. */
export const JsonSchema: z.ZodType<Json, Json> = z.json();
