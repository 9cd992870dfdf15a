import type { Field, Identity, Json } from "@writ/ir";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bindIdentity, claimsUnder } from "../../src/identity/bound-identity.js";
import { createGuard, memoryAudit, memoryStore } from "../../src/index.js";
import { allow, bundle, tool } from "../bundle.js";

/** Two policies that declare the same claims and mean different things by them. */
function reader(fields: readonly Field[]): Parameters<typeof claimsUnder>[0] {
  return { types: new Map(), bundle: { identity: { user: fields, agent: fields, session: fields } } };
}
const some = reader([
  { name: "id", type: { kind: "Id" } },
  { name: "roles", type: { kind: "List", of: { kind: "Text" } } },
  { name: "limit", type: { kind: "Money", currency: "USD" } },
]);
const others = reader([
  { name: "id", type: { kind: "Email" } },
  { name: "roles", type: { kind: "Json" } },
  { name: "limit", type: { kind: "Int" } },
]);

const claim = fc.oneof(
  fc.constantFrom<Json>(
    "u_1",
    "ann@a.example",
    7,
    null,
    ["a", "b"],
    ["a", 1],
    { amount: 3, currency: "USD" },
    "__proto__",
  ),
  fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.nat(), fc.boolean())),
);
const claims = fc.dictionary(fc.constantFrom("id", "roles", "limit", "other", "__proto__"), claim);

test("the claims of a bound identity are those that any other has, under each policy that asks", () => {
  fc.assert(
    fc.property(claims, claims, claims, (user, agent, session) => {
      const identity: Identity = { user, agent, session };
      const bound = bindIdentity(structuredClone(identity));
      for (const by of [some, others, some, others]) expect(claimsUnder(by, bound)).toEqual(claimsUnder(by, identity));
      expect(bound).toEqual(identity);
    }),
    { numRuns: 4000 },
  );
});

test("lesson 21: nobody changes who a session is for, not even the host that began it", async () => {
  const policy = bundle([tool("page")], [allow("all", ["page"])]);
  const guard = await createGuard({ policy, audit: memoryAudit(), state: memoryStore() });
  const given = { id: "u", roles: ["reader"] };
  const session = await guard.session({ user: given });
  given.roles.push("admin");
  const { identity } = session;
  expect(() => Reflect.apply(Array.prototype.push, identity.user["roles"], ["admin"])).toThrow(TypeError);
  expect(Reflect.set(identity.user, "id", "v")).toBe(false);
  expect(Reflect.set(identity, "user", { id: "v" })).toBe(false);
  expect(session.identity.user).toEqual({ id: "u", roles: ["reader"] });
});
