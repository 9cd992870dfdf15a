import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface ChatCall {
  readonly name: string;
  readonly args: unknown;
}

/** What a client asked. */
export interface Asked {
  readonly key: string | undefined;
  readonly body: {
    readonly model: string;
    readonly tools: readonly { readonly function: { readonly name: string } }[];
    readonly messages: readonly { readonly role: string }[];
  };
}

/** A server that speaks OpenAI's chat interface: it answers with the calls of each turn given, then with words. */
export async function chatServer(
  turns: readonly (readonly ChatCall[])[],
): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const body = JSON.parse(text) as Asked["body"];
      asked.push({ key: request.headers.authorization, body });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(completion(body, turns)));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, asked };
}

function completion({ model, messages }: Asked["body"], turns: readonly (readonly ChatCall[])[]): unknown {
  const number = messages.filter(({ role }) => role === "assistant").length;
  const calls = turns[number];
  const message =
    calls === undefined
      ? { role: "assistant", content: "That is all." }
      : {
          role: "assistant",
          content: null,
          tool_calls: calls.map(({ name, args }, index) => ({
            id: `call_${number}_${index}`,
            type: "function",
            function: { name, arguments: JSON.stringify(args) },
          })),
        };
  return {
    id: `chatcmpl-${number}`,
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, message, finish_reason: calls === undefined ? "stop" : "tool_calls" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}
