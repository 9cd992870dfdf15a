import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readApproval } from "@writ/ai-sdk";
import { approvalText, type Guard } from "@writ/runtime";
import type { UIMessage } from "ai";
import { z } from "zod";
import type { Chats, Person } from "./chat.js";
import { CHAT, DESK, WELCOME } from "./pages.js";

/** Who may sign in, and where: a stand-in for your own authentication. */
const PEOPLE: ReadonlyMap<string, Person & { readonly place: "/chat" | "/desk" }> = new Map([
  ["ann", { id: "ann", groups: ["support"], place: "/chat" }],
  ["mia", { id: "mia", groups: ["support-managers"], place: "/desk" }],
]);

const said = z.object({ text: z.string().max(1000) });
const word = z.object({ id: z.string(), shown: z.string(), grant: z.boolean() });

/** The chat of a clerk and the desk of a manager, each behind its own sign-in. */
export function chatServer(guard: Guard, chats: Chats): Server {
  const tokens = new Map<string, string>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const route = `${request.method} ${pathname}`;
    if (route === "GET /") return html(response, WELCOME);
    const name = /^GET \/sign-in\/(\w+)$/.exec(route)?.[1];
    if (name !== undefined) return signIn(response, name);
    const person = signedIn(request);
    if (person === undefined || !pathname.startsWith(person.place)) return json(response, 401, { error: "sign in" });
    switch (route) {
      case "GET /chat":
        return html(response, CHAT);
      case "GET /chat/messages":
        return json(response, 200, shownOf(chats.messages(person)));
      case "POST /chat/say":
        await chats.say(person, said.parse(await bodyOf(request)).text);
        return json(response, 200, shownOf(chats.messages(person)));
      case "POST /chat/wake":
        await chats.wake(person);
        return json(response, 200, shownOf(chats.messages(person)));
      case "GET /desk":
        return html(response, DESK);
      case "GET /desk/approvals": {
        const waiting = (await guard.approvals.list()).filter(({ status }) => status === "pending");
        return json(
          response,
          200,
          waiting.map((one) => ({ id: one.id, shown: one.shown, text: approvalText(one) })),
        );
      }
      case "POST /desk/word": {
        const { id, shown, grant } = word.parse(await bodyOf(request));
        const by = { id: person.id, groups: [...person.groups] };
        const resolved = await guard.approvals.resolve(id, { by, grant, shown });
        return json(response, resolved.ok ? 200 : 409, resolved.ok ? { ok: true } : { error: resolved.message });
      }
      default:
        return json(response, 404, { error: "there is no such page" });
    }
  }

  function signIn(response: ServerResponse, name: string): void {
    const person = PEOPLE.get(name);
    if (person === undefined) return json(response, 404, { error: "there is nobody of that name" });
    const token = crypto.randomUUID();
    tokens.set(token, name);
    const cookie = `who=${token}; Path=${person.place}; HttpOnly; SameSite=Strict`;
    response.writeHead(303, { location: person.place, "set-cookie": cookie }).end();
  }

  function signedIn(request: IncomingMessage) {
    const token = /(?:^|;\s*)who=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
    return PEOPLE.get(tokens.get(token ?? "") ?? "");
  }

  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      json(response, error instanceof z.ZodError ? 400 : 500, { error: "the request could not be answered" });
    });
  });
}

/** What the page draws: words, and cards of calls that wait or were answered. */
function shownOf(messages: readonly UIMessage[]): readonly object[] {
  return messages.map(({ role, parts }) => ({
    role,
    parts: parts.flatMap((part): object[] => {
      if (part.type === "text") return [{ text: part.text }];
      if (!("state" in part) || !part.type.startsWith("tool-")) return [];
      const asked = "approval" in part ? readApproval(part.approval?.requestReason) : undefined;
      return [{ tool: part.type.slice("tool-".length), state: part.state, asked }];
    }),
  }));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  // A form of another site cannot send this type, and the cookie is not sent with its requests either.
  if (request.headers["content-type"] !== "application/json") return undefined;
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 10_000) return undefined;
  }
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return undefined;
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function html(response: ServerResponse, page: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
}
