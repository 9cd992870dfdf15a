import type { Json } from "@writ/ir";
import type { Attempt, CallContext } from "./context.js";
import { isObject } from "../duties/json-path.js";
import { transformArguments, transformsOf } from "../duties/transform.js";
import {
  canonicalArgs,
  decideShadow,
  refusedBy,
  refusedInput,
  type Question,
  type Verdict,
} from "../evaluate/decide.js";
import { decideForAll, lowerOfAll } from "../delegation/chain.js";
import type { ToolProgram } from "../evaluate/program.js";
import type { HeldArgs } from "../faults/held-call.js";
import { CallFlow, type Fixed } from "../flow/call-flow.js";
import { placeHandles } from "../flow/handles.js";
import { Flight } from "../gate/flights.js";
import { Inquiry } from "./inquiry.js";
import { carriedBy } from "../isolation/nested-in.js";
import { journalKey } from "./journal.js";
import type { ToolCall } from "../port.js";
import { randomId } from "../random-id.js";

/** Rounds of questions that one answer may lead to; what is still open then is unknown. */
const MAX_ROUNDS = 8;
const NOTHING: Fixed = new Map();

/**
 * The first step of a call's way: handles are replaced, the arguments made canonical, facts asked, and the call decided.
 * A call that is seen again by the host's id has the labels it had when it was first seen.
 */
export function prepare(
  context: CallContext,
  call: ToolCall,
  copied: HeldArgs,
  tool: ToolProgram | undefined,
  begun?: Pick<Attempt, "id" | "inquiry" | "flight">,
): Attempt | Promise<Attempt> {
  const inquiry = begun?.inquiry ?? new Inquiry(context.program, context.facts, context.detectors);
  const flight = begun?.flight ?? new Flight([call.tool], []);
  const id = begun?.id ?? randomId("c");
  const refused = (verdict: Verdict): Attempt => ({
    id,
    call,
    verdict,
    key: undefined,
    inquiry,
    flight,
  });
  if (!copied.ok) return refused(refusedInput(copied.fault));
  if (tool === undefined)
    return refused(
      refusedInput({
        path: "tool",
        code: "unknown_tool",
        message: typeof call.tool === "string" ? "the policy does not declare this tool" : "a tool's name is a text",
      }),
    );
  let args = copied.value;
  let fixed = context.nestedIn === undefined ? NOTHING : carriedBy(context.nestedIn, tool);
  if (context.handles !== undefined) {
    const placed = placeHandles(context.memory, tool, args, context.program.types);
    if (!placed.ok)
      return refused({
        ...refusedInput({
          path: placed.path,
          code: "unknown_handle",
          message: `there is no ${placed.handle} in this session`,
        }),
        tool,
      });
    ({ args, labels: fixed } = placed);
  }
  const identified = identify(context, id, call, tool, args);
  // Where no rule looks at labels or at what was said, no moment is another than now.
  const { flows, indexed } = context.program;
  const moment = context.memory.momentOf(flows || indexed ? identified.key : undefined);
  const question: Omit<Question, "tool"> = {
    args,
    identity: context.identity,
    now: context.clock.now(),
    supposed: context.rehearsal?.supposed,
    history: context.memory.history,
    answers: inquiry,
    flow: (of, values, kept = NOTHING) =>
      new CallFlow(
        context.memory,
        moment,
        { taint: context.program.bundle.taint, types: context.program.types },
        of,
        values,
        fixed.size === 0 ? kept : new Map([...fixed, ...kept]),
      ),
  };
  const first = decideForAll(context.program, tool, question, context.chain ?? []);
  const prepared: Attempt = { id: identified.id, key: identified.key, call, inquiry, flight, verdict: first };
  if (inquiry.open || tool.transforms || tool.shadows.length > 0)
    return prepareAsking(context, tool, prepared, question);
  context.rehearsal?.watch?.(first);
  return prepared;
}

/** Goes on where something was asked of the host, arguments may change, or shadow rules want to know something. */
async function prepareAsking(
  context: CallContext,
  tool: ToolProgram,
  attempt: Attempt,
  question: Omit<Question, "tool">,
): Promise<Attempt> {
  const { inquiry } = attempt;
  const first = await decideAsking(context, tool, question, inquiry, attempt.verdict);
  const verdict =
    first.decision.effect === "forbid" ? first : await transformed(context, tool, first, question, inquiry);
  context.rehearsal?.watch?.(verdict);
  // What shadow rules want to know is asked too, so that they come out as they would.
  if (tool.shadows.length > 0)
    do decideShadow(verdict);
    while (await inquiry.settle());
  const { id, key, call, flight } = attempt;
  return { id, key, call, inquiry, flight, verdict };
}

/** Applies what the grants change in the arguments, once, and decides again; the lower of both decisions holds. */
async function transformed(
  context: CallContext,
  tool: ToolProgram,
  first: Verdict,
  question: Omit<Question, "tool">,
  inquiry: Inquiry,
): Promise<Verdict> {
  if (transformsOf(first).length === 0) return first;
  let made = transformArguments(first, inquiry);
  while (inquiry.open && (await inquiry.settle())) made = transformArguments(first, inquiry);
  if (!made.ok) return refusedBy(first, made.rule);
  if (isUnchanged(first, made)) return first;
  // No transform lowers a label: what was changed keeps those it had.
  const labels: Fixed = new Map(
    [...made.params].map((param) => [param, { labels: first.scope?.flow?.ofParam(param), whole: true }]),
  );
  const changed: Omit<Question, "tool"> = {
    ...question,
    args: made.args,
    flow: (of, values) => question.flow?.(of, values, labels),
  };
  const decided = decideForAll(context.program, tool, changed, context.chain ?? []);
  const second = await decideAsking(context, tool, changed, inquiry, decided);
  return lowerOfAll(context.program, first, second);
}

/**
 * Whether nothing came of the transforms: then the same call would be decided again, and the lower of two equal decisions
 * is either. A part of an argument has the labels of all of it once it was changed, so that only whole scalars are looked at.
 */
function isUnchanged(first: Verdict, made: { readonly args: Json; readonly params: ReadonlySet<string> }): boolean {
  const { args } = first;
  if (first.parts !== undefined || args !== made.args || !isObject(args)) return false;
  for (const param of made.params) if (typeof args[param] === "object") return false;
  return true;
}

/** Asks what a decision missed, and decides again. */
async function decideAsking(
  context: CallContext,
  tool: ToolProgram,
  question: Omit<Question, "tool">,
  inquiry: Inquiry,
  decided: Verdict,
): Promise<Verdict> {
  const { program, chain = [] } = context;
  let verdict = decided;
  for (let round = 0; round < MAX_ROUNDS && inquiry.open && (await inquiry.settle()); round += 1)
    verdict = decideForAll(program, tool, question, chain);
  return verdict;
}

/** The call's id and its key in the journal, over the canonical arguments. */
export function identify(
  context: CallContext,
  id: string,
  call: ToolCall,
  tool: ToolProgram,
  args: Parameters<typeof journalKey>[2],
): Pick<Attempt, "id" | "key"> {
  const { callId } = call;
  const canonical =
    typeof callId !== "string" || callId === "" ? undefined : canonicalArgs(context.program, tool, args);
  if (canonical === undefined || typeof callId !== "string") return { id, key: undefined };
  const key = journalKey(
    context.session,
    { ...(call.scope === undefined ? {} : { scope: call.scope }), callId, tool: call.tool },
    canonical,
  );
  return { id: `c_${key.slice(0, 32)}`, key: `${context.session}/${key}` };
}
