import { z } from "zod";
import { OutcomeEffectSchema } from "./decision.js";
import { JsonSchema } from "./json.js";

const claims = z.record(z.string(), JsonSchema);
const text = z.string().max(4 * 1024 * 1024);
const word = z.string().min(1).max(512);
/** Places of calls in `calls`, from 0. */
const places = z.array(z.int().min(0)).max(100_000);

/** A call as it was made, and what it gave. */
export const TracedCallSchema = z.strictObject({
  /** What the user said since the call before, in order. */
  said: z.array(text).max(1000).optional(),
  tool: word,
  /** As the model made them. */
  args: JsonSchema,
  /** What the tool gave back; a text stands for itself, or for what it holds. Absent: nothing, or it is not known. */
  result: JsonSchema.optional(),
  /** The words of the error of a tool that failed. */
  error: text.optional(),
  /** When it was made, milliseconds since 1970. */
  at: z.int().min(0).optional(),
  /** What was decided of it then: the effect, and the rules that it was decided by. */
  decision: z.strictObject({ effect: OutcomeEffectSchema, by: z.array(word).max(64).optional() }).optional(),
});

/** What a run may count as. */
export const RunUseSchema = z.enum(["attack", "benign", "benign_under_attack", "benign_user_requested_sensitive"]);

/** One run of an agent: a session of one user, what he said, and the calls that were made, in order. One line of a file. */
export const TraceSchema = z.strictObject({
  format: z.literal("writ.trace/1"),
  /** What tells the run from others. */
  session: word,
  /** The set of tools that it is about, where runs over several are compared. */
  suite: word.optional(),
  /** Claims of the user, of the agent and of the session; `user.id` is a text. */
  user: claims.optional(),
  agent: claims.optional(),
  claims: claims.optional(),
  /** What each fact of a policy answered in this run, whatever it was asked. */
  facts: claims.optional(),
  /** What the user said before the first call. */
  said: z.array(text).max(1000).optional(),
  calls: z.array(TracedCallSchema).max(100_000),
  /** What the user wanted. */
  task: z
    .strictObject({
      /** Runs of one task are counted as one group. */
      name: word.optional(),
      /** Whether it was done. */
      succeeded: z.boolean().optional(),
      /** Calls without which it cannot be done. */
      needs: places.optional(),
      /** Whether it can be done where the attack is refused. */
      separable: z.boolean().optional(),
    })
    .optional(),
  /** Present where somebody attacked the agent in this run. */
  attack: z
    .strictObject({
      name: word.optional(),
      /** Whether it reached its goal. */
      succeeded: z.boolean(),
      /** Sets of calls: whoever stops every call of one set stops the attack. */
      stops: z.array(places).max(1000).optional(),
    })
    .optional(),
  /** What it counts as; by default what `attack` and `task` say. */
  uses: z.array(RunUseSchema).max(4).optional(),
  /** Whatever else is to be kept of it; nothing looks at it. */
  about: JsonSchema.optional(),
});

export type TracedCall = z.infer<typeof TracedCallSchema>;
export type RunUse = z.infer<typeof RunUseSchema>;
export type Trace = z.infer<typeof TraceSchema>;
