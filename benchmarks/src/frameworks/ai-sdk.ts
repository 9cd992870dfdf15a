import { guardApproval, guardTools } from "@writ/ai-sdk";
import { generateText, isStepCount, jsonSchema, tool, type ToolSet } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { callsOf, identity, SCHEMA, TOOL, type FrameworkSubject, type Work } from "./subject.js";

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const tools: ToolSet = {
  [TOOL]: tool({
    description: "Adds.",
    inputSchema: jsonSchema<{ x: string }>({
      type: "object",
      properties: { ...SCHEMA.properties },
      required: [...SCHEMA.required],
    }),
    execute: async () => "added",
  }),
};

export const aiSdk: FrameworkSubject = {
  name: "AI SDK, guardTools and guardApproval",
  plain: (work) => async () => {
    await generateText({ model: scripted(work), tools, prompt: "go", stopWhen: isStepCount(work.turns + 1) });
  },
  hooked: (work) => async () => {
    await generateText({
      model: scripted(work),
      tools,
      toolApproval: async () => undefined,
      prompt: "go",
      stopWhen: isStepCount(work.turns + 1),
    });
  },
  guarded: (work, guard) => async () => {
    const session = await guard.session(identity());
    await generateText({
      model: scripted(work),
      tools: guardTools(session, tools),
      toolApproval: guardApproval(session),
      prompt: "go",
      stopWhen: isStepCount(work.turns + 1),
    });
  },
};

/** A model that makes the calls of its work, turn after turn. */
export function scripted(work: Work): MockLanguageModelV4 {
  let turn = 0;
  return new MockLanguageModelV4({
    doGenerate: async () => {
      const calls = callsOf(turn, work);
      turn += 1;
      return {
        content:
          calls.length === 0
            ? [{ type: "text", text: "done" }]
            : calls.map(({ id, x }) => ({
                type: "tool-call",
                toolCallId: id,
                toolName: TOOL,
                input: JSON.stringify({ x }),
              })),
        finishReason: { unified: calls.length === 0 ? "stop" : "tool-calls", raw: undefined },
        usage,
        warnings: [],
      };
    },
  });
}
