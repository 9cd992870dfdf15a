import { z } from "zod";
import { JsonSchema } from "./json.js";

const claims = z.record(z.string(), JsonSchema);

/** What the host proves about the caller. The model never supplies any of it. Absent claims are unknown. */
export const IdentitySchema = z.strictObject({ user: claims, agent: claims, session: claims });

/** One tool call to decide: as raw as the model made it, at one instant (milliseconds since 1970, UTC). */
export const RequestSchema = z.strictObject({
  format: z.literal("writ.request/1"),
  tool: z.string().max(512),
  args: JsonSchema,
  identity: IdentitySchema,
  now: z.int(),
});

export type Identity = z.infer<typeof IdentitySchema>;
export type Request = z.infer<typeof RequestSchema>;
