import { describe, expect, it } from "vitest";
import type { IdentityVerifier, Verification } from "../../src/index.js";
import { bundle } from "../bundle.js";
import { ann, big, desk, mia } from "./desk.js";

/** A verifier that knows some tokens by heart. */
function verifier(known: Readonly<Record<string, Verification | "throws" | "never">>): IdentityVerifier {
  return {
    verify: async (token) => {
      const found = Object.hasOwn(known, token) ? known[token] : undefined;
      if (found === "throws") throw new Error("the keys are gone");
      if (found === "never") return new Promise(() => undefined);
      return found ?? { ok: false, code: "refused", message: "the signature does not fit" };
    },
  };
}
const proof = (user: typeof mia, chain: readonly string[] = []): Verification => ({
  ok: true,
  user,
  agent: {},
  chain,
  expires: 2_000_000,
});
const approvers = verifier({
  "mia-token": proof(mia),
  "ann-token": proof({ ...ann, groups: ["managers"] }),
  "bot-token": proof(mia, ["bot"]),
  broken: "throws",
});

describe("a guard that proves its approvers", () => {
  it("takes a token that its verifier accepts, and records how it is known", async () => {
    const d = await desk(big, { approvers });
    const { id, shown } = await d.asked();
    expect(await d.guard.approvals.resolve(id, { token: "mia-token", grant: true, shown })).toMatchObject({
      ok: true,
      approval: { status: "granted", votes: [{ by: "mia", proof: "token" }] },
    });
    expect(d.audit.records().at(-1)).toMatchObject({ state: "granted", shown, by: { id: "mia", proof: "token" } });
    expect((await d.call()).status).toBe("done");
  });

  it.each([
    ["nobody's word for who it is", { by: mia }],
    ["a word beside a token", { by: mia, token: "mia-token" }],
    ["another's token", { token: "eve-token" }],
    ["a prototype name", { token: "__proto__" }],
    ["no token", {}],
    ["a token that is no text", { token: 7 }],
    ["a verifier that fails", { token: "broken" }],
    ["an agent that acts for the approver", { token: "bot-token" }],
  ])("takes %s for nothing", async (_, whose) => {
    const d = await desk(big, { approvers });
    const { id, shown } = await d.asked();
    const word = { ...whose, grant: true, shown } as never;
    expect(await d.guard.approvals.resolve(id, word)).toMatchObject({ ok: false, code: "unproven" });
    expect(await d.guard.approvals.revoke(id, word)).toMatchObject({ ok: false, code: "unproven" });
    expect((await d.call()).status).toBe("waiting");
    expect(d.states()).toEqual(["requested"]);
  });

  it("lets nobody approve their own request, whatever groups the token says", async () => {
    const d = await desk(big, { approvers });
    const { id, shown } = await d.asked();
    expect(await d.guard.approvals.resolve(id, { token: "ann-token", grant: true, shown })).toMatchObject({
      code: "not_eligible",
    });
  });

  it("wants a grant to name what was shown; to refuse needs nothing", async () => {
    const d = await desk(big, { approvers });
    const { id } = await d.asked();
    expect(await d.guard.approvals.resolve(id, { token: "mia-token", grant: true })).toMatchObject({
      code: "not_shown",
    });
    expect(await d.guard.approvals.resolve(id, { token: "mia-token", grant: false })).toMatchObject({
      ok: true,
      approval: { status: "rejected" },
    });
  });
});

describe("a guard that proves no approvers", () => {
  it("takes the host's word and no token: it could not check one", async () => {
    const d = await desk();
    const { id } = await d.asked();
    expect(await d.guard.approvals.resolve(id, { token: "mia-token", grant: true })).toMatchObject({
      code: "unproven",
    });
    expect(await d.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({
      approval: { votes: [{ proof: "host" }] },
    });
  });
});

describe("a word", () => {
  it("on something else than what is asked does not count", async () => {
    const d = await desk();
    const [one, other] = [await d.asked(1), await d.asked(2)];
    expect(one.shown).not.toBe(other.shown);
    for (const shown of [other.shown, "", `${one.shown} `, 7 as never])
      expect(await d.guard.approvals.resolve(one.id, { by: mia, grant: true, shown })).toMatchObject({
        ok: false,
        code: "not_shown",
      });
    expect(await d.guard.approvals.resolve(one.id, { by: mia, grant: true, shown: one.shown })).toMatchObject({
      ok: true,
    });
  });

  it.each([["true"], [1], [{}], [undefined], [null]])("that says %j grants nothing", async (grant) => {
    const d = await desk();
    const { id } = await d.asked();
    await d.guard.approvals.resolve(id, { by: mia, grant: grant as never });
    expect((await d.call()).status).toBe("refused");
    expect(d.runs.count).toBe(0);
  });

  it("is read once: claims that change under the guard's hands change nothing", async () => {
    const d = await desk();
    const { id } = await d.asked();
    let reads = 0;
    const by = {
      get id() {
        reads += 1;
        return reads === 1 ? "ann" : "mia";
      },
      groups: ["managers"],
    };
    expect(await d.guard.approvals.resolve(id, { by, grant: true })).toMatchObject({ ok: false });
    expect(await d.guard.approvals.list()).toHaveLength(1);
  });

  it("counts once for a person however the id is spelt, and the requester is the requester in any spelling", async () => {
    const email = { name: "id", type: { kind: "Email" } } as const;
    const groups = big.identity.user.filter(({ name }) => name !== "id");
    const policy = bundle(
      big.tools,
      big.rules.map((rule) => (rule.kind === "ask" ? { ...rule, demand: { ...rule.demand, quorum: 2 } } : rule)),
      { identity: { ...big.identity, user: [email, ...groups] } },
    );
    const d = await desk(policy, {}, { id: "bob@acme.com" });
    const session = await d.guard.session({ user: { id: "ann@Acme.com", groups: ["support"] } });
    await d.call(120, session);
    const [approval] = await d.guard.approvals.list({ session: session.id });
    const resolve = (name: string) =>
      d.guard.approvals.resolve(approval?.id ?? "", { by: { id: name, groups: ["managers"] }, grant: true });
    expect(await resolve("Ann <ann@ACME.com>")).toMatchObject({ code: "not_eligible" });
    expect(await resolve("mia@acme.com")).toMatchObject({ approval: { status: "pending" } });
    expect(await resolve("mia@ACME.COM")).toMatchObject({ code: "already_decided" });
    expect(await resolve("not an address")).toMatchObject({ code: "not_eligible" });
    expect(await resolve("max@acme.com")).toMatchObject({ approval: { status: "granted" } });
    expect(await d.guard.approvals.revoke(approval?.id ?? "", { by: { id: "ann@ACME.com" } })).toEqual({ ok: true });
  });
});
