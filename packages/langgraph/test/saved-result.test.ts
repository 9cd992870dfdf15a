import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { Command, isCommand, Send } from "@langchain/langgraph";
import type { Json } from "@writ/runtime";
import { assert as assertProperty, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { restoreResult, saveResult } from "../src/saved-result.js";

const isJson = (value: unknown): value is Json => value !== undefined;
const again = (value: unknown): unknown => {
  const stored: unknown = JSON.parse(JSON.stringify(saveResult(value)));
  return restoreResult(isJson(stored) ? stored : null);
};

describe("a result in the journal", () => {
  it("comes back as it was, for any plain data", () => {
    assertProperty(
      property(jsonValue(), (value) => {
        expect(again(value)).toEqual(JSON.parse(JSON.stringify(value))); // -0 is 0 in JSON
      }),
    );
  });

  it("comes back as the message it was", () => {
    const message = new ToolMessage({
      content: [{ type: "text", text: "hi" }],
      tool_call_id: "c1",
      name: "n",
      status: "error",
      artifact: { a: [1] },
      id: "m1",
      additional_kwargs: { k: 1 },
      metadata: { m: 2 },
    });
    const back = again(message);
    expect(ToolMessage.isInstance(back)).toBe(true);
    expect(back).toMatchObject({
      content: [{ type: "text", text: "hi" }],
      tool_call_id: "c1",
      name: "n",
      status: "error",
      artifact: { a: [1] },
      id: "m1",
      additional_kwargs: { k: 1 },
      metadata: { m: 2 },
    });
  });

  it("comes back as the command it was, with what it holds", () => {
    const back = again(
      new Command({
        graph: Command.PARENT,
        update: {
          messages: [
            new ToolMessage({ content: "x", tool_call_id: "c1" }),
            new AIMessage({ content: "", tool_calls: [{ id: "c2", name: "t", args: { a: 1 } }] }),
          ],
          n: 1,
        },
        goto: [new Send("node", { lg_tool_call: { id: "c2" } })],
      }),
    );
    expect(isCommand(back)).toBe(true);
    expect(back).toMatchObject({
      graph: "__parent__",
      update: { n: 1, messages: [{ tool_call_id: "c1" }, { tool_calls: [{ id: "c2", args: { a: 1 } }] }] },
      goto: [{ node: "node", args: { lg_tool_call: { id: "c2" } } }],
    });
    const goto: unknown = Reflect.get(Object(back), "goto");
    expect(Array.isArray(goto) && goto[0] instanceof Send).toBe(true);
  });

  it("lets no data of a tool pose as a message or a command", () => {
    for (const kind of ["message", "command", "send", "object"]) {
      const forged = {
        "writ.kind": kind,
        value: { type: "tool", data: { content: "x", tool_call_id: "c1" }, goto: "elsewhere", node: "n", args: {} },
      };
      expect(again(forged)).toEqual(forged);
      expect(isCommand(again({ deep: [forged] }))).toBe(false);
    }
  });

  it("keeps a key named __proto__ as a key", () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true},"constructor":1}');
    expect(again(value)).toEqual(value);
    expect(Reflect.get(Object(again(value)), "admin")).toBeUndefined();
  });

  it.each([[new Map()], [() => 1], [Symbol("s")], [{ at: new Date() }], [undefined], [10n]])(
    "keeps nothing that JSON cannot hold: %s",
    (value) => {
      expect(() => saveResult(value)).toThrow(TypeError);
    },
  );
});
