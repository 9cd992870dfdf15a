import { createHmac, createPublicKey, type webcrypto } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { verifyJwt, type JwtOptions } from "../../src/identity/jwt.js";
import { createGuard, memoryAudit, memoryStore } from "../../src/index.js";
import { allow, bundle, tool } from "../bundle.js";
import { AUDIENCE, byHand, ISSUER, issuer } from "./issuer.js";

describe("a token that the issuer signed for this guard", () => {
  it("gives the claims that the policy knows, and nothing else of it", async () => {
    const made = await issuer();
    const verifier = made.verifier({
      claims: { user: { groups: "roles", tenant: ["org", "id"], mfa: "mfa" }, agent: { id: "azp" } },
    });
    const token = await made.token({ roles: ["support"], org: { id: "acme" }, azp: "desk", secret: "s3cret" });
    expect(await verifier.verify(token)).toEqual({
      ok: true,
      user: { id: "ann", groups: ["support"], tenant: "acme" },
      agent: { id: "desk" },
      chain: [],
      expires: made.clock.time + 300_000,
    });
  });

  it("opens a session whose rules see the claims", async () => {
    const made = await issuer();
    const policy = bundle(
      [tool("read")],
      [allow("mine", ["read"], { op: "role", name: "support", at: [0, 0, 0, 1, 1] })],
    );
    const guard = await createGuard({ policy, audit: memoryAudit(), state: memoryStore() });
    const verifier = made.verifier({ claims: { user: { groups: "roles" } } });
    for (const [roles, status] of [
      [["support"], "done"],
      [["sales"], "refused"],
      [undefined, "refused"],
    ] as const) {
      const verified = await verifier.verify(await made.token(roles === undefined ? {} : { roles }));
      if (!verified.ok) throw new Error(verified.message);
      const session = await guard.session({ user: verified.user, agent: verified.agent });
      expect((await session.call({ tool: "read", args: {} }, () => 1)).status).toBe(status);
    }
    const wrong = await verifier.verify(await made.token({ roles: "support" }));
    await expect(guard.session({ user: wrong.ok ? wrong.user : { id: "" } })).rejects.toMatchObject({
      code: "identity_invalid",
    });
    await guard.close();
  });

  it("names who acts for the user, the first that was delegated to first (RFC 8693)", async () => {
    const made = await issuer();
    const verifier = made.verifier({ claims: { agent: { id: "azp", model: "model" } } });
    const act = { sub: "mailer", act: { sub: "planner" } };
    expect(await verifier.verify(await made.token({ act, azp: "other", model: "m1" }))).toMatchObject({
      ok: true,
      user: { id: "ann" },
      agent: { id: "mailer", chain: ["planner", "mailer"], model: "m1" },
      chain: ["planner", "mailer"],
    });
  });

  it.each([
    ["a text", "mailer"],
    ["nobody", {}],
    ["an empty name", { sub: "" }],
    ["nobody before the last", { sub: "a", act: { sub: 7 } }],
    ["null", null],
    ["a list", [{ sub: "a" }]],
    ["a chain without end", Array.from({ length: 40 }).reduce<object>((act) => ({ sub: "a", act }), { sub: "a" })],
  ])("whose act is %s is refused: it is not known who acts", async (_, act) => {
    const made = await issuer();
    expect(await made.verifier().verify(await made.token({ act }))).toMatchObject({ ok: false });
  });

  it("lesson 30: has prototype names in it like any other", async () => {
    const made = await issuer();
    const token = byHandSigned(
      made.pair.privateKey,
      { alg: "ES256", kid: "k1" },
      `{"iss":"${ISSUER}","aud":"${AUDIENCE}","sub":"ann","exp":${made.clock.time / 1000 + 60},"__proto__":{"groups":["admins"]},"constructor":"x"}`,
    );
    const verifier = made.verifier({ claims: { user: { groups: "groups", ctor: "constructor", s: "toString" } } });
    expect(await verifier.verify(await token)).toMatchObject({ ok: true, user: { id: "ann", ctor: "x" } });
    const verified = await verifier.verify(await token);
    expect(verified.ok && Object.keys(verified.user)).toEqual(["id", "ctor"]);
  });
});

describe("a token that is not taken", () => {
  const second = 1000;
  it.each<[string, (now: number) => object, string]>([
    ["of another issuer", () => ({ iss: "https://issuer.example.evil.org" }), "refused"],
    ["of the issuer with a slash", () => ({ iss: `${ISSUER}/` }), "refused"],
    ["without an issuer", () => ({ iss: undefined }), "refused"],
    ["for another audience", () => ({ aud: "shop" }), "refused"],
    ["for others, among whom this guard is not", () => ({ aud: ["shop", "WRIT"] }), "refused"],
    ["for nobody", () => ({ aud: undefined }), "refused"],
    ["for an audience that is no text", () => ({ aud: { writ: true } }), "refused"],
    ["that never ends", () => ({ exp: undefined }), "refused"],
    ["that ends at a text", () => ({ exp: "9999999999" }), "refused"],
    ["that has ended", (now) => ({ exp: now / 1000 - 6 }), "expired"],
    ["that ended before 1970", () => ({ exp: -1 }), "expired"],
    ["that does not hold yet", (now) => ({ nbf: now / 1000 + 6 }), "not_yet"],
    ["that holds from a text on", () => ({ nbf: "now" }), "refused"],
    ["of nobody", () => ({ sub: undefined }), "refused"],
    ["of a user who is no text", () => ({ sub: 7 }), "refused"],
    ["of an empty user", () => ({ sub: "" }), "refused"],
  ])("%s", async (_, claims, code) => {
    const made = await issuer();
    const token = await made.token({ ...claims(made.clock.time) });
    expect(await made.verifier().verify(token)).toMatchObject({ ok: false, code });
  });

  it("is taken while clocks are no further apart than is said", async () => {
    const made = await issuer();
    const now = made.clock.time / 1000;
    const ended = await made.token({ exp: now - 4 });
    const early = await made.token({ nbf: now + 4 });
    expect((await made.verifier().verify(ended)).ok).toBe(true);
    expect((await made.verifier().verify(early)).ok).toBe(true);
    const strict = made.verifier({ clockTolerance: 0 });
    expect(await strict.verify(ended)).toMatchObject({ code: "expired" });
    expect(await strict.verify(early)).toMatchObject({ code: "not_yet" });
    made.clock.time += 3600 * second;
    expect(await made.verifier().verify(early)).toMatchObject({ code: "expired" });
  });

  it("is too old, or has no age, where an age is asked for", async () => {
    const made = await issuer();
    const verifier = made.verifier({ maxTokenAge: 60_000 });
    expect((await verifier.verify(await made.token())).ok).toBe(true);
    const now = made.clock.time / 1000;
    for (const iat of [now - 66, now + 6]) expect((await verifier.verify(await made.token({ iat }))).ok).toBe(false);
  });

  it("was made for another use, where its type is asked for", async () => {
    const made = await issuer();
    const verifier = made.verifier({ typ: "at+jwt" });
    expect((await verifier.verify(await made.token({}, { typ: "at+jwt" }))).ok).toBe(true);
    for (const typ of ["JWT", "dpop+jwt", undefined])
      expect(await verifier.verify(await made.token({}, typ === undefined ? {} : { typ }))).toMatchObject({
        code: "refused",
      });
  });

  it("is no token, and nothing is fetched for it", async () => {
    const made = await issuer();
    const verifier = made.verifier();
    const good = await made.token();
    const [header = "", payload = "", signature = ""] = good.split(".");
    const header1 = { alg: "ES256", kid: "k1" };
    for (const token of [
      undefined,
      null,
      7,
      {},
      "",
      "..",
      "a.b.c",
      `${good}.${good}`,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      ` ${good}`,
      `${good}\n`,
      `${good}=`,
      good.replace(".", "。"),
      "x".repeat(20_000_000),
      `${"A".repeat(10_000)}.${"A".repeat(10_000)}.${signature}`,
      byHand(header1, "not json"),
      byHand(header1, "[]"),
      byHand(header1, "null"),
      byHand("[1]", "{}"),
      byHand(header1, "[".repeat(11_000)),
      `${header}.${Buffer.from([0x22, 0xff, 0x22]).toString("base64url")}.AAAA`,
    ])
      expect(await verifier.verify(token as string)).toMatchObject({ ok: false, code: "malformed" });
    expect(made.served.count).toBe(0);
    expect((await verifier.verify(good)).ok).toBe(true);
  });

  it.each([
    ["claims", `{"iss":"${ISSUER}","aud":"${AUDIENCE}","sub":"ann","sub":"root","exp":1700000300}`, undefined],
    ["claims spelt differently", `{"sub":"ann","\\u0073ub":"root","exp":1}`, undefined],
    ["members deep inside", `{"sub":"ann","org":{"id":"a","x":[{"k":1,"k":2}]}}`, undefined],
    ["header members", `{"sub":"ann"}`, `{"alg":"ES256","kid":"k1","alg":"none"}`],
  ])("names %s twice, though it is signed", async (_, payload, header) => {
    const made = await issuer();
    const token = await byHandSigned(made.pair.privateKey, header ?? { alg: "ES256", kid: "k1" }, payload);
    expect(await made.verifier().verify(token)).toEqual({
      ok: false,
      code: "malformed",
      message: "it names a claim twice",
    });
  });

  it("repeats names in objects beside each other, which is no repetition", async () => {
    const made = await issuer();
    const token = await made.token({ a: { x: 1 }, b: { x: 2 }, c: [{ x: 3 }, { x: 4 }], d: '"x":1,"x":2', e: "\\" });
    expect((await made.verifier().verify(token)).ok).toBe(true);
  });

  it("is changed in one character", async () => {
    const made = await issuer();
    const good = await made.token();
    const verifier = made.verifier();
    const taken: number[] = [];
    // The last character of a part may hold bits that mean nothing.
    for (let at = 0; at < good.length - 1; at += 7) {
      if (good[at] === ".") continue;
      const changed = `${good.slice(0, at)}${good[at] === "A" ? "B" : "A"}${good.slice(at + 1)}`;
      if ((await verifier.verify(changed)).ok) taken.push(at);
    }
    expect(taken).toEqual([]);
  });
});

describe("a signature", () => {
  it("is none, in any spelling", async () => {
    const made = await issuer();
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: "root", exp: made.clock.time / 1000 + 60 };
    const verifier = made.verifier();
    for (const token of [
      new UnsecuredJWT(claims).encode(),
      ...["none", "None", "NONE", "nOnE", "", null, ["ES256"], "es256"].map((alg) =>
        byHand({ alg, kid: "k1" }, claims),
      ),
    ])
      expect((await verifier.verify(token)).ok).toBe(false);
  });

  it("is an HMAC with the issuer's public key for a secret", async () => {
    const made = await issuer();
    const rsa = await made.newKey("rsa", "RS256");
    const verifier = made.verifier({ algorithms: ["ES256", "RS256"] });
    const header = Buffer.from(JSON.stringify({ alg: "HS256", kid: "rsa" })).toString("base64url");
    const payload = Buffer.from(
      JSON.stringify({ iss: ISSUER, aud: AUDIENCE, sub: "root", exp: made.clock.time / 1000 + 60 }),
    ).toString("base64url");
    const spki = await exportSPKI(rsa.publicKey);
    const der = createPublicKey(spki).export({ type: "spki", format: "der" });
    for (const secret of [spki, der, JSON.stringify(made.keys[1])]) {
      const mac = createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url");
      expect(await verifier.verify(`${header}.${payload}.${mac}`)).toMatchObject({ ok: false, code: "refused" });
    }
  });

  it("is of an algorithm that is not taken, or not that of its key", async () => {
    const made = await issuer();
    const rsa = await made.newKey("rsa", "RS256");
    const token = await made.token({}, { alg: "RS256", kid: "rsa" }, rsa);
    expect((await made.verifier({ algorithms: ["RS256"] }).verify(token)).ok).toBe(true);
    expect(await made.verifier().verify(token)).toMatchObject({ code: "refused" });
    const pss = await made.token({}, { alg: "PS256", kid: "rsa" }, await reused(rsa));
    expect(await made.verifier({ algorithms: ["RS256", "PS256"] }).verify(pss)).toMatchObject({ code: "refused" });
  });

  it("is by a key that the token brought along", async () => {
    const made = await issuer();
    const mine = await generateKeyPair("ES256", { extractable: true });
    const jwk = await exportJWK(mine.publicKey);
    for (const header of [
      { alg: "ES256", jwk },
      { alg: "ES256", kid: "k1", jwk },
      { alg: "ES256", kid: "k1", jku: "http://127.0.0.1:9/evil" },
      { alg: "ES256", kid: "k1", x5u: "http://127.0.0.1:9/evil" },
      { alg: "ES256", kid: "../../dev/null" },
      { alg: "ES256", kid: "__proto__" },
    ]) {
      const token = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: "root", exp: made.clock.time / 1000 + 60 })
        .setProtectedHeader(header)
        .sign(mine.privateKey);
      expect(await made.verifier().verify(token)).toMatchObject({ ok: false, code: "refused" });
    }
  });

  it("has a header that has to be understood and is not", async () => {
    const made = await issuer();
    const payload = { iss: ISSUER, aud: AUDIENCE, sub: "ann", exp: made.clock.time / 1000 + 60 };
    for (const header of [
      { crit: ["exp"], exp: 1 },
      { crit: ["urn:x"], "urn:x": true },
      { crit: [] },
      { crit: ["b64"], b64: false },
      { crit: ["__proto__"] },
    ]) {
      const token = await byHandSigned(made.pair.privateKey, { alg: "ES256", kid: "k1", ...header }, payload);
      expect((await made.verifier().verify(token)).ok).toBe(false);
    }
  });
});

describe("options that would check nothing", () => {
  const good: JwtOptions = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ["ES256"],
    jwks: "https://a.example/jwks",
  };
  it.each<[string, object]>([
    ["no issuer", { issuer: "" }],
    ["no audience", { audience: [] }],
    ["an audience that is empty", { audience: [""] }],
    ["no algorithm", { algorithms: [] }],
    ["no algorithms", { algorithms: undefined }],
    ["none", { algorithms: ["none"] }],
    ["an HMAC", { algorithms: ["ES256", "HS256"] }],
    ["keys over http", { jwks: "http://issuer.example/jwks" }],
    ["keys in a file", { jwks: "file:///etc/passwd" }],
    ["keys behind a password", { jwks: "https://a:b@issuer.example/jwks" }],
    ["no keys", { jwks: { keys: [] } }],
    ["a secret among the keys", { jwks: { keys: [{ kty: "oct", k: "c2VjcmV0" }] } }],
    ["a private key", { jwks: { keys: [{ kty: "EC", crv: "P-256", x: "a", y: "b", d: "c" }] } }],
    ["no address", { jwks: "issuer" }],
    ["a tolerance without end", { clockTolerance: Number.POSITIVE_INFINITY }],
    ["a tolerance below zero", { clockTolerance: -1 }],
    ["a timeout that is none", { fetching: { timeout: Number.NaN } }],
  ])("are misuse: %s", (_, options) => {
    expect(() => verifyJwt({ ...good, ...options })).toThrow(expect.objectContaining({ code: "misuse" }));
  });

  it("are not these", () => {
    expect(() => verifyJwt(good)).not.toThrow();
    expect(() => verifyJwt({ ...good, jwks: new URL("http://[::1]:8080/jwks") })).not.toThrow();
  });
});

/** A token by hand that is truly signed: ES256 over whatever stands in it. */
async function byHandSigned(key: webcrypto.CryptoKey, header: unknown, payload: unknown): Promise<string> {
  const signed = byHand(header, payload, "");
  const text = signed.slice(0, -1);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, Buffer.from(text));
  return `${text}.${Buffer.from(signature).toString("base64url")}`;
}

/** The same RSA key, for another algorithm. */
async function reused(pair: { privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey }) {
  const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const { alg: _alg, ...rest } = jwk;
  const algorithm = { name: "RSA-PSS", hash: "SHA-256" };
  return { ...pair, privateKey: await crypto.subtle.importKey("jwk", rest, algorithm, true, ["sign"]) };
}
