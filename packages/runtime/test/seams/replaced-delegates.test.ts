import { expect, it } from "vitest";
import { allow, labelledBundle, text, tool } from "../flow/labelled.js";
import { bench } from "../guard-bench.js";

const fetch = tool("fetch", [], { result: text });
const note = tool("note", [{ name: "text", type: text }], { effects: ["write"] });
const first = labelledBundle([fetch, note], [allow("ok", ["fetch", "note"])], { taint: "value" });
const other = tool("other", []);
const second = labelledBundle([fetch, note, other], [allow("ok", ["fetch", "note"])], { taint: "value" });

it("a session and its delegates still share one memory after the policy was replaced: no name is given out twice", async () => {
  const made = await bench(first, { handles: true });
  const session = await made.guard.session({ user: { id: "ann" }, agent: { id: "planner" } });
  const coder = await session.delegate({ agent: { id: "coder" } });
  const name = async (of: typeof session, value: string): Promise<string> => {
    const outcome = await of.call({ tool: "fetch", args: {} }, () => value);
    return outcome.status === "done" ? (outcome.handle ?? "none") : outcome.status;
  };
  const names = [await name(session, "a"), await name(coder, "b")];
  await made.guard.replace(second);
  names.push(await name(coder, "c"), await name(session, "d"));
  expect(new Set(names).size).toBe(4);
  const seen: unknown[] = [];
  await session.call({ tool: "note", args: { text: names[2] } }, (args) => void seen.push(args));
  expect(seen).toEqual([{ text: "c" }]);
});
