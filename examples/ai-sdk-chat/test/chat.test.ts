import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guard } from "@writ/runtime";
import { verifyAudit } from "@writ/runtime/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Chats } from "../src/chat.js";
import { Desk } from "../src/desk.js";
import { chatServer } from "../src/server.js";
import { standInModel } from "../src/stand-in-model.js";
import { startGuard } from "../src/start-guard.js";

const waits = z.array(z.object({ id: z.string(), shown: z.string(), text: z.string() }));

let folder = "";
let guard: Guard;
let server: Server;
let desk: Desk;
let origin = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "writ-chat-"));
  guard = await startGuard(folder);
  desk = new Desk();
  server = chatServer(guard, new Chats(guard, desk, standInModel()));
  await new Promise<void>((open) => {
    server.listen(0, "127.0.0.1", open);
  });
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await guard.close();
  await rm(folder, { recursive: true, force: true });
});

/** A browser of one person. */
async function signedIn(name: string) {
  const welcome = await fetch(`${origin}/sign-in/${name}`, { redirect: "manual" });
  const cookie = welcome.headers.get("set-cookie")?.split(";")[0] ?? "";
  return async (path: string, body?: unknown): Promise<{ status: number; body: unknown; text: string }> => {
    const answer = await fetch(`${origin}${path}`, {
      headers: { cookie, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith("<") ? undefined : JSON.parse(text), text };
  };
}

describe("the chat of the shop", () => {
  it("pays a small refund, and refuses one that nobody may pay", async () => {
    const ann = await signedIn("ann");
    expect((await ann("/chat/say", { text: "refund 20 to c9" })).text).toContain("20 USD were paid back");
    expect((await ann("/chat/say", { text: "refund 90000 to c9" })).text).toContain("Refused by policy");
    expect(desk.refunds.map(({ amount }) => amount)).toEqual([20]);
  });

  it("shows a card for a large refund, pays nothing when it is only woken, and pays once when a manager agreed", async () => {
    const [ann, mia] = [await signedIn("ann"), await signedIn("mia")];
    const card = await ann("/chat/say", { text: "refund 120 to c9" });
    expect(card.text).toContain("approval-requested");
    expect(card.text).toContain("Refunds above 50 USD need a manager");
    expect(desk.refunds).toEqual([]);
    const [asked] = waits.parse((await mia("/desk/approvals")).body);
    expect(asked?.text).toContain("120");
    const agreed = { id: asked?.id, shown: asked?.shown, grant: true };
    expect((await ann("/desk/word", agreed)).status).toBe(401);
    expect((await mia("/desk/word", agreed)).status).toBe(200);
    expect((await ann("/chat/wake", {})).text).toContain("120 USD were paid back");
    await ann("/chat/wake", {});
    expect(desk.refunds).toHaveLength(1);
    await guard.close();
    expect(await verifyAudit(join(folder, "audit"))).toMatchObject({ ok: true });
  });

  it("a card that is woken without anybody's word runs nothing", async () => {
    const ann = await signedIn("ann");
    await ann("/chat/say", { text: "refund 120 to c9" });
    expect((await ann("/chat/wake", {})).text).toContain("has not run");
    expect(desk.refunds).toEqual([]);
  });

  it("a manager's no ends it", async () => {
    const [ann, mia] = [await signedIn("ann"), await signedIn("mia")];
    await ann("/chat/say", { text: "refund 120 to c9" });
    const [asked] = waits.parse((await mia("/desk/approvals")).body);
    await mia("/desk/word", { id: asked?.id, shown: asked?.shown, grant: false });
    expect((await ann("/chat/wake", {})).text).toContain("said no");
    expect(desk.refunds).toEqual([]);
  });

  it("answers nobody who is not signed in, and nothing that is no request", async () => {
    const stranger = await signedIn("nobody");
    for (const path of ["/chat", "/chat/messages", "/desk/approvals"]) expect((await stranger(path)).status).toBe(401);
    const ann = await signedIn("ann");
    expect((await ann("/chat/say", { text: 7 })).status).toBe(400);
    expect((await ann("/desk/approvals")).status).toBe(401);
    expect((await ann("/chat")).text).toContain("<h1>Chat</h1>");
  });
});
