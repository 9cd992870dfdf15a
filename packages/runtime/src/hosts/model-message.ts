/** What of a message is heard: the message itself, or one answer in it. */
export interface PromptPart {
  readonly kind: "said" | "model" | "answer";
  /** What it says, and of an answer which call it answers; another of the same is another. */
  readonly key: string;
  readonly text: string;
  /** Whether it is text alone: a picture or a file says what nobody here can read. */
  readonly plain: boolean;
  /** The calls that a message of the model makes. */
  readonly calls: readonly string[];
}

type Fields = { readonly [key: string]: unknown };

/** The name of a call in notes: the host's id alone may be repeated. */
export function callKey(callId: string, tool: string): string {
  return JSON.stringify([callId, tool]);
}

/** The name of an answer in notes. */
export function answerKey(callId: string, text: string | undefined): string {
  return JSON.stringify(["answer", callId, text ?? null]);
}

/** Reads a message as the AI SDK and those after it write it: `{ role, content }`, content a text or a list of parts. */
export function readMessage(message: object): readonly PromptPart[] {
  const role: unknown = Reflect.get(message, "role");
  const content: unknown = Reflect.get(message, "content");
  const parts = (Array.isArray(content) ? content : [{ type: "text", text: content }]).filter(isFields);
  const answers = parts.flatMap((part) => answerOf(part));
  const others = parts.filter(({ type }) => type !== "tool-result" && type !== "tool-approval-response");
  if (role === "tool" || others.length === 0) return [...answers, ...reasonsOf(parts)];
  const text = others.map((part) => (typeof part["text"] === "string" ? part["text"] : "")).join("\n");
  const model = role === "assistant";
  const whole: PromptPart = {
    kind: model ? "model" : "said",
    key: JSON.stringify([typeof role === "string" ? role : "", content]),
    text,
    plain: others.every(({ type }) => type === "text" || (model && type !== "file" && type !== "reasoning-file")),
    calls: model ? others.flatMap((part) => callOf(part)) : [],
  };
  return [whole, ...answers];
}

function callOf({ type, toolCallId, toolName, providerExecuted }: Fields): readonly string[] {
  if (type !== "tool-call" || providerExecuted === true) return [];
  return [callKey(String(toolCallId), String(toolName))];
}

function answerOf({ type, toolCallId, output }: Fields): readonly PromptPart[] {
  if (type !== "tool-result") return [];
  const { type: kind, value, reason }: Fields = isFields(output) ? output : { value: output };
  const said = kind === "execution-denied" ? reason : value;
  const text = typeof said === "string" ? said : (JSON.stringify(said) ?? "");
  const plain = kind !== "content";
  return [{ kind: "answer", key: answerKey(String(toolCallId), text), text, plain, calls: [] }];
}

/** Why a call was approved or not, in the host's own words, a person's, or the guard's. */
function reasonsOf(parts: readonly Fields[]): readonly PromptPart[] {
  return parts.flatMap(({ type, reason }): PromptPart[] =>
    type === "tool-approval-response" && typeof reason === "string" && reason !== ""
      ? [{ kind: "answer", key: answerKey("", reason), text: reason, plain: true, calls: [] }]
      : [],
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
