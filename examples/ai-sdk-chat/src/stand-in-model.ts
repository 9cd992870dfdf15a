import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";

type Prompt = Parameters<MockLanguageModelV4["doStream"]>[0]["prompt"];
type Chunk =
  Awaited<ReturnType<MockLanguageModelV4["doStream"]>>["stream"] extends ReadableStream<infer Part> ? Part : never;

const usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};

/**
 * Stands in for a model, so that no key is needed: asked for "refund 120 to c9" it makes that call, whatever is wise, and then
 * says what it was answered. Put any model of the AI SDK in its place.
 */
export function standInModel(): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    doStream: async ({ prompt }) => {
      const answers = answersOf(prompt);
      const asked = /refund (\S+) to (\S+)/i.exec(questionOf(prompt));
      const calls = answers === undefined && asked !== null;
      const said = answers ?? 'Ask me to "refund 20 to c9".';
      const chunks: Chunk[] = calls
        ? [callOf(prompt, Number(asked[1]), asked[2] ?? "")]
        : [
            { type: "text-start", id: "t" },
            { type: "text-delta", id: "t", delta: said },
            { type: "text-end", id: "t" },
          ];
      const finishReason = { unified: calls ? ("tool-calls" as const) : ("stop" as const), raw: undefined };
      return {
        stream: convertArrayToReadableStream<Chunk>([
          { type: "stream-start", warnings: [] },
          ...chunks,
          { type: "finish", finishReason, usage },
        ]),
      };
    },
  });
}

function callOf(prompt: Prompt, amount: number, customer: string): Chunk {
  const input = JSON.stringify({ customer, amount, note: "as asked in the chat" });
  return { type: "tool-call", toolCallId: `call-${prompt.length}`, toolName: "refund", input };
}

function questionOf(prompt: Prompt): string {
  const last = prompt.findLast(({ role }) => role === "user");
  return typeof last?.content === "string"
    ? last.content
    : (last?.content ?? []).map((part) => (part.type === "text" ? part.text : "")).join(" ");
}

/** What tools answered since the person spoke last. */
function answersOf(prompt: Prompt): string | undefined {
  const since = prompt.slice(prompt.findLastIndex(({ role }) => role === "user"));
  const texts = since.flatMap(({ role, content }) =>
    role !== "tool"
      ? []
      : content.flatMap((part) => {
          if (part.type !== "tool-result") return [];
          const said: unknown = Reflect.get(part.output, "value") ?? Reflect.get(part.output, "reason");
          return [typeof said === "string" ? said : JSON.stringify(said)];
        }),
  );
  return texts.length === 0 ? undefined : texts.join(" ");
}
