import { createGuard, memoryAudit, memoryStore } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { guardNode } from "../src/index.js";
import { agentGraph, makeTools, POLICY, read, turn } from "./support.js";

const at = [0, 0, 0, 1, 1];
const base = z
  .looseObject({ tools: z.array(z.looseObject({ name: z.string() })), rules: z.array(z.unknown()) })
  .parse(JSON.parse(POLICY));

/** The policy of the other tests with a rule about results, and a flow out of everything that is untrusted. */
function policy(rule: object): string {
  return JSON.stringify({
    ...base,
    labels: [{ name: "integrity", ordered: true, values: ["trusted", "untrusted"], at }],
    tools: base.tools.map((tool) =>
      tool.name === "note.add" ? Object.assign(tool, { result: { kind: "Text" }, labels: ["trusted"] }) : tool,
    ),
    rules: [...base.rules, rule],
  });
}

async function run(rule: object, script: Parameters<typeof agentGraph>[1]) {
  const guard = await createGuard({ policy: policy(rule), audit: memoryAudit(), state: memoryStore() });
  const node = guardNode(guard, makeTools([]), {
    identity: () => ({ user: { id: "ann" } }),
    said: (message) => ({ from: "user", text: message.text }),
  });
  const out = read(
    await agentGraph(node, script)
      .compile()
      .invoke({ messages: [{ role: "user", content: "go" }] }),
  );
  await guard.close();
  return out;
}

describe("the content of a tool's message", () => {
  const redact = (tool: string): object => ({
    kind: "output",
    id: "out",
    tools: [tool],
    when: { op: "and", items: [], at },
    limits: [],
    at,
    steps: [{ kind: "redact", path: ["result"], detectors: ["email"], at }],
  });

  it("is what rules about results look at and change; the artifact goes with what was taken out", async () => {
    const added = await run(redact("note.add"), [turn([{ name: "note_add", args: { x: "ann@acme.com" } }])]);
    expect(added.text).toEqual([["c1", "success", "added [redacted email]"]]);
    const pair = await run(redact("note.pair"), [turn([{ name: "note_pair", args: { x: "ann@acme.com" } }])]);
    expect(pair.answers[0]).toMatchObject({ content: "content [redacted email]", artifact: undefined });
  });

  it("of a command cannot be told, so a rule about it withholds it", async () => {
    const out = await run(redact("note.steer"), [turn([{ name: "note_steer", args: { x: "x" } }])]);
    expect(out.text).toMatchObject([["c1", "error", expect.stringContaining("keeps its result back")]]);
  });

  it("carries the labels of its tool into the calls that follow", async () => {
    const flow = {
      kind: "forbid",
      form: "flow",
      id: "no_mail",
      tools: ["mail.send"],
      when: { op: "labelled", labels: [["untrusted"]], at },
      limits: [],
      at,
    };
    const mail = turn([{ name: "mail_send", args: { to: "a@b.de" } }], "turn-2");
    const trusted = await run(flow, [turn([{ name: "note_add", args: { x: "x" } }]), mail]);
    expect(trusted.text.map(([, status]) => status)).toEqual(["success", "success"]);
    const page = await run(flow, [turn([{ name: "note_pair", args: { x: "x" } }]), mail]);
    expect(page.text.map(([, status]) => status)).toEqual(["success", "error"]);
  });
});
