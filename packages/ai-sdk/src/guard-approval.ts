import type { ModelMessage, ToolSet } from "ai";
import { handedAnswer, hearPrompt, tookCall, type Checked, type Session } from "@writ/runtime";
import { approvalReason } from "./approval-reason.js";
import { callOf } from "./call-of.js";
import { guardedBy } from "./guarded.js";

/** What the AI SDK tells `toolApproval` of a call. */
export interface ApprovalQuestion {
  readonly toolCall: {
    readonly toolName: string;
    readonly toolCallId: string;
    readonly input: unknown;
    readonly providerExecuted?: boolean | undefined;
  };
  readonly tools: ToolSet | undefined;
  readonly messages: ModelMessage[];
}

/** The answers that the AI SDK knows. Any other runs the tool, so nothing else is ever given. */
export type ApprovalAnswer =
  | undefined
  | { readonly type: "denied"; readonly reason: string }
  | { readonly type: "user-approval"; readonly reason: string };

/**
 * `toolApproval` of a session. It refuses tools that nobody guarded, pauses calls that wait for a person, and keeps refused
 * calls from being started. It lets nothing run: that is decided again by the guarded tool. The reason of a pause is
 * what {@link readApproval} reads. Never throws, because that would end the run.
 */
export function guardApproval(session: Session): (question: ApprovalQuestion) => Promise<ApprovalAnswer> {
  return async ({ toolCall, tools, messages }) => {
    try {
      const { toolName: tool, toolCallId: id, input } = toolCall;
      if (toolCall.providerExecuted === true && session.providerTools.has(tool)) return undefined;
      if (toolCall.providerExecuted === true)
        return await caught(session, tool, "Refused: this tool is run by the provider and cannot be guarded.");
      const guarded = guardedBy(own(tools, tool));
      if (guarded?.session !== session)
        return await caught(session, tool, "Refused: this tool is not guarded for this session.");
      await hearPrompt(session, messages, guarded.said);
      tookCall(session, id, tool);
      const given = answer(await session.check(callOf({ tool, input, id, messages })));
      if (given?.type === "denied") for (const one of [id, ""]) handedAnswer(session, one, given.reason);
      return given;
    } catch {
      return denied("Refused: the guard met a fault of its own, so the call was not made.");
    }
  };
}

/** What the net stops is on record, like every other refusal. */
async function caught(session: Session, tool: string, reason: string): Promise<ApprovalAnswer> {
  await session.call({ tool, args: {} }, undefined);
  return denied(reason);
}

function answer(checked: Checked): ApprovalAnswer {
  switch (checked.status) {
    case "refused":
      return denied(checked.message);
    case "waiting":
      return { type: "user-approval", reason: approvalReason(checked.approval) };
    // The tool itself is answered with what the call gave before.
    case "done":
    case "failed":
    case "clear":
      return undefined;
    default:
      return unknownStatus(checked);
  }
}

/** A status that this version does not know, such as one of a later runtime. */
function unknownStatus(_checked: never): ApprovalAnswer {
  return denied("Refused: the outcome of this call is not known.");
}

function denied(reason: string): ApprovalAnswer {
  return { type: "denied", reason };
}

/** A tool by its own name only: `constructor` is a name like any other. */
function own(tools: ToolSet | undefined, name: string): ToolSet[string] | undefined {
  return tools !== undefined && Object.hasOwn(tools, name) ? tools[name] : undefined;
}
