import { describe, expect, it } from "vitest";
import { issuer } from "./issuer.js";

describe("the issuer's keys", () => {
  it("are fetched once for many tokens, also at once", async () => {
    const made = await issuer();
    const verifier = made.verifier();
    const token = await made.token();
    const all = await Promise.all(Array.from({ length: 50 }, () => verifier.verify(token)));
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect((await verifier.verify(token)).ok).toBe(true);
    expect(made.served.count).toBe(1);
  });

  it("rotate: a new key is fetched when a token names it, and one that is gone is not taken any more", async () => {
    const made = await issuer();
    const verifier = made.verifier({}, { cooldown: 0, maxAge: 24 * 3_600_000 });
    const old = await made.token();
    expect((await verifier.verify(old)).ok).toBe(true);
    const next = await made.newKey("k2");
    const fresh = await made.token({}, { kid: "k2" }, next);
    expect((await verifier.verify(fresh)).ok).toBe(true);
    expect((await verifier.verify(old)).ok).toBe(true);
    expect(made.served.count).toBe(2);
    made.keys = made.keys.filter(({ kid }) => kid === "k2");
    await made.newKey("k3");
    await verifier.verify(await made.token({}, { kid: "k3" })); // makes it look again
    expect(await verifier.verify(old)).toMatchObject({ ok: false, code: "refused" });
    expect((await verifier.verify(fresh)).ok).toBe(true);
  });

  it("are not fetched for each token with a key that nobody knows", async () => {
    const made = await issuer();
    const verifier = made.verifier();
    await verifier.verify(await made.token());
    for (let i = 0; i < 20; i += 1)
      expect(await verifier.verify(await made.token({}, { kid: `mine-${i}` }))).toMatchObject({ code: "refused" });
    expect(made.served.count).toBe(1);
  });

  it("that are several for a token without a key's name refuse it", async () => {
    const made = await issuer();
    const nameless = { kid: undefined } as never;
    expect((await made.verifier().verify(await made.token({}, nameless))).ok).toBe(true);
    await made.newKey("k2");
    expect(await made.verifier().verify(await made.token({}, nameless))).toMatchObject({ code: "refused" });
  });

  it.each(["hang", "gone", "500", "redirect", "nonsense", "huge"] as const)(
    "that cannot be had (%s) refuse every token, also one that was taken before, and are asked for again later",
    async (answer) => {
      const made = await issuer();
      // Only one that hangs has to be waited for; an answer of a busy machine may take a while.
      const verifier = made.verifier({}, { maxAge: 0, cooldown: 0, timeout: answer === "hang" ? 1000 : 20_000 });
      const token = await made.token();
      expect((await verifier.verify(token)).ok).toBe(true);
      made.answer = answer;
      expect(await verifier.verify(token)).toMatchObject({ ok: false, code: "unavailable" });
      made.answer = "keys";
      expect((await verifier.verify(token)).ok).toBe(true);
    },
  );

  it("that could not be had a moment ago are left alone for a while", async () => {
    const made = await issuer();
    made.answer = "500";
    const verifier = made.verifier();
    const token = await made.token();
    for (let i = 0; i < 10; i += 1)
      expect(await verifier.verify(token)).toMatchObject({ ok: false, code: "unavailable" });
    expect(made.served.count).toBe(1);
  });

  it("may be given instead, and are copied", async () => {
    const made = await issuer();
    const keys = made.keys.map((key) => ({ ...key, kty: key.kty ?? "" }));
    const verifier = made.verifier({ jwks: { keys } });
    keys.length = 0;
    expect((await verifier.verify(await made.token())).ok).toBe(true);
    expect(await verifier.verify(await made.token({}, { kid: "k2" }))).toMatchObject({ code: "refused" });
    expect(made.served.count).toBe(0);
  });

  it("prove who approves: a token of the right person grants, another does not", async () => {
    const made = await issuer();
    const { big, desk } = await import("../approvals/desk.js");
    const d = await desk(big, { approvers: made.verifier({ claims: { user: { groups: "groups" } } }) });
    const { id, shown } = await d.asked();
    const token = (sub: string, more: object = {}) => made.token({ sub, groups: ["managers"], ...more });
    const resolve = (of: string) => d.guard.approvals.resolve(id, { token: of, grant: true, shown });
    expect(await resolve(await token("ann"))).toMatchObject({ code: "not_eligible" });
    expect(await resolve(await token("mia", { groups: ["support"] }))).toMatchObject({ code: "not_eligible" });
    expect(await resolve(await token("mia", { act: { sub: "desk-agent" } }))).toMatchObject({ code: "unproven" });
    expect(await resolve(await token("mia", { aud: "shop" }))).toMatchObject({ code: "unproven" });
    expect((await d.call()).status).toBe("waiting");
    expect(await resolve(await token("mia"))).toMatchObject({ ok: true });
    expect((await d.call()).status).toBe("done");
  });
});
