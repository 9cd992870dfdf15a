import { expect, it } from "vitest";
import { createGuard, memoryAudit, memoryStore } from "../src/index.js";
import { allow, labelledBundle, tool } from "./flow/labelled.js";

it("lesson 9: the same call twice at once is one; another scope, tool or arguments under its id is another", async () => {
  const guard = await createGuard({
    policy: labelledBundle([tool("fetch", []), tool("read", [])], [allow("any", ["fetch", "read"])]),
    audit: memoryAudit(),
    state: memoryStore(),
  });
  const session = await guard.session({ user: { id: "ann" } });
  const ran: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const make = async (name: string, scope?: string) =>
    session.call({ tool: name, args: {}, callId: "c", ...(scope === undefined ? {} : { scope }) }, async () => {
      ran.push(`${name} ${scope ?? ""}`);
      await gate.promise;
      return ran.length;
    });
  const made = [make("fetch"), make("fetch"), make("read"), make("fetch", "s"), make("fetch", "s"), make("fetch", "")];
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ran.toSorted()).toEqual(["fetch ", "fetch s", "read "]);
  gate.resolve(undefined);
  const outcomes = await Promise.all(made);
  expect(outcomes[1]).toBe(outcomes[0]);
  expect(outcomes[5]).toBe(outcomes[0]);
  expect(outcomes[4]).toBe(outcomes[3]);
  expect(new Set(outcomes.map(({ call }) => call)).size).toBe(3);
  // It is over: the same again is a replay, and runs nothing.
  expect(await make("fetch")).toMatchObject({ status: "done", replayed: true });
  expect(ran).toHaveLength(3);
  await guard.close();
});
