import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from "jose";
import { onTestFinished } from "vitest";
import { verifyJwt, type Fetching, type JwtOptions } from "../../src/identity/jwt.js";
import type { IdentityVerifier } from "../../src/index.js";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An issuer with a server of its own on the loopback, whose keys a test may change, take away or let hang. */
export interface Issuer {
  readonly url: string;
  readonly clock: { time: number; now(): number };
  readonly served: { count: number };
  keys: JWK[];
  /** What the server does instead of answering with the keys. */
  answer: "keys" | "hang" | "gone" | "500" | "redirect" | "nonsense" | "huge";
  readonly pair: Pair;
  newKey(kid: string | undefined, alg?: string): Promise<Pair>;
  /** A good token, but for what is said. */
  token(claims?: JWTPayload, header?: { kid?: string; alg?: string; typ?: string }, by?: Pair): Promise<string>;
  verifier(options?: Partial<JwtOptions>, fetching?: Fetching): IdentityVerifier;
}

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "writ";

export async function issuer(): Promise<Issuer> {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  const served = { count: 0 };
  const state: Pick<Issuer, "keys" | "answer"> = { keys: [], answer: "keys" };
  const server = createServer((_, response) => {
    served.count += 1;
    if (state.answer === "hang") return;
    if (state.answer === "gone") return void response.destroy();
    if (state.answer === "500") return void response.writeHead(500).end();
    if (state.answer === "redirect") return void response.writeHead(302, { location: "/elsewhere" }).end();
    response.setHeader("content-type", "application/jwk-set+json");
    if (state.answer === "nonsense") return void response.end('{"keys":[');
    const padding = state.answer === "huge" ? " ".repeat(2 * 1024 * 1024) : "";
    response.end(padding + JSON.stringify({ keys: state.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/jwks`;

  async function newKey(kid: string | undefined, alg = "ES256"): Promise<Pair> {
    const made = await generateKeyPair(alg, { extractable: true });
    state.keys.push({ ...(await exportJWK(made.publicKey)), alg, use: "sig", ...(kid === undefined ? {} : { kid }) });
    return made;
  }
  const pair = await newKey("k1");
  return {
    url,
    clock,
    served,
    pair,
    newKey,
    get keys() {
      return state.keys;
    },
    set keys(keys) {
      state.keys = keys;
    },
    get answer() {
      return state.answer;
    },
    set answer(answer) {
      state.answer = answer;
    },
    token: (claims = {}, header = {}, by = pair) =>
      new SignJWT({
        iss: ISSUER,
        aud: AUDIENCE,
        sub: "ann",
        iat: clock.time / 1000,
        exp: clock.time / 1000 + 300,
        ...claims,
      })
        .setProtectedHeader({ alg: "ES256", kid: "k1", ...header })
        .sign(by.privateKey),
    verifier: (options = {}, fetching = {}) =>
      verifyJwt({ issuer: ISSUER, audience: AUDIENCE, algorithms: ["ES256"], jwks: url, clock, fetching, ...options }),
  };
}

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token by hand, with whatever stands in its parts. */
export function byHand(header: unknown, payload: unknown, signature = "AAAA"): string {
  return `${encode(header)}.${encode(payload)}.${signature}`;
}
