import type { AgentSaid, ScriptedCall } from "@writ/testing";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";

type Prompt = Parameters<MockLanguageModelV4["doGenerate"]>[0];

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that says the script's next turn, by how many turns it had in the conversation before it. */
export function scriptedByTurn(script: readonly (readonly ScriptedCall[])[]) {
  let last: Prompt | undefined;
  const turns = (asked: Prompt | undefined): number =>
    asked?.prompt.filter(({ role }) => role === "assistant").length ?? 0;
  const next = (asked: Prompt) => {
    last = asked;
    const calls = (script[turns(asked)] ?? []).map(({ id, name, args }) => ({
      type: "tool-call" as const,
      toolCallId: id,
      toolName: name,
      input: JSON.stringify(args),
    }));
    const unified = calls.length === 0 ? ("stop" as const) : ("tool-calls" as const);
    return { calls, finishReason: { unified, raw: undefined } };
  };
  const model = new MockLanguageModelV4({
    doGenerate: async (asked) => {
      const { calls, finishReason } = next(asked);
      const content = calls.length === 0 ? [{ type: "text" as const, text: "done" }] : calls;
      return { content, finishReason, usage, warnings: [] };
    },
    doStream: async (asked) => {
      const { calls, finishReason } = next(asked);
      const text = [
        { type: "text-start" as const, id: "t" },
        { type: "text-delta" as const, id: "t", delta: "done" },
        { type: "text-end" as const, id: "t" },
      ];
      const finish = { type: "finish" as const, finishReason, usage };
      const start = { type: "stream-start" as const, warnings: [] };
      return {
        stream:
          calls.length === 0
            ? convertArrayToReadableStream([start, ...text, finish])
            : convertArrayToReadableStream([start, ...calls, finish]),
      };
    },
  });
  return {
    model,
    /** The model was told of everything and had the last word. */
    ended: (): boolean => last !== undefined && turns(last) >= script.length,
    answers: (): AgentSaid["answers"] =>
      (last?.prompt ?? []).flatMap(({ role, content }) =>
        role !== "tool"
          ? []
          : content.flatMap((part) => {
              if (part.type !== "tool-result") return [];
              const { type } = part.output;
              const value: unknown = Reflect.get(part.output, "value") ?? Reflect.get(part.output, "reason");
              const text = typeof value === "string" ? value : JSON.stringify(value);
              return [{ call: part.toolCallId, text, error: type.startsWith("error") || type === "execution-denied" }];
            }),
      ),
    offered: (): readonly string[] => last?.tools?.map(({ name }) => name) ?? [],
  };
}
