import { copyJson, type Json } from "@writ/ir";
import { readValue } from "@writ/ir/values";
import { truthOf } from "../evaluate/evaluate.js";
import type { Program } from "../evaluate/program.js";
import { createScope } from "../evaluate/scope.js";
import { Deadlines } from "../faults/deadlines.js";
import type { IdentityVerifier, Verification } from "../identity/verifier.js";
import type { Demanded, Proof } from "./approval.js";
import type { Approver, ResolutionFault, Whose } from "./approvals.js";

/** A person whose word may count. */
export interface Person {
  readonly claims: Approver;
  readonly proof: Proof;
}

export type Proven =
  | { readonly ok: true; readonly person: Person }
  | { readonly ok: false; readonly code: ResolutionFault; readonly message: string };

/** How long a verifier may take, in milliseconds: it may have to fetch keys. */
const deadlines = new Deadlines(10_000);

/** Who speaks: proven by the guard's verifier where it has one, and then by nothing else; vouched for by the host where it has none. */
export async function prove(
  program: Program,
  verifier: IdentityVerifier | undefined,
  { by, token }: Whose,
): Promise<Proven> {
  if (verifier === undefined) {
    if (token !== undefined)
      return unproven("this guard cannot check a token: createGuard({ approvers }) names who can");
    return person(program, by, "host");
  }
  if (by !== undefined || typeof token !== "string")
    return unproven("this guard takes an approver's token and nobody's word for who it is");
  const verified = await verify(verifier, token);
  if (verified === undefined) return unproven("the token could not be checked");
  if (!verified.ok) return unproven(verified.message);
  // Whoever acts for a person is not that person: an agent that was delegated to cannot agree to its own call.
  if (verified.chain.length > 0) return unproven("the token was issued to somebody who acts for this person");
  return person(program, verified.user, "token");
}

/** What the verifier says; undefined where it says nothing in time, or nothing that is an answer. */
async function verify(verifier: IdentityVerifier, token: string): Promise<Verification | undefined> {
  try {
    const answer = await deadlines.within(
      () => verifier.verify(token),
      (why) => new Error(why),
    );
    return !answer.ok || Array.isArray(answer.chain) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function unproven(message: string): Proven {
  return { ok: false, code: "unproven", message };
}

/** Claims as plain data, read once, with the id in its canonical form: two spellings of one person are one person. */
function person(program: Program, given: unknown, proof: Proof): Proven {
  const nobody: Proven = { ok: false, code: "not_eligible", message: "the approver has no id" };
  const copied = copyJson(given);
  if (!copied.ok || !isObject(copied.value)) return nobody;
  const id = canonicalId(program, Object.hasOwn(copied.value, "id") ? copied.value["id"] : undefined);
  return id === undefined ? nobody : { ok: true, person: { claims: { ...copied.value, id }, proof } };
}

/** A user's id as the policy's type for it reads it; undefined where it is none. */
function canonicalId(program: Program, id: Json | undefined): string | undefined {
  if (typeof id !== "string" || id === "") return undefined;
  const type = program.bundle.identity.user.find(({ name }) => name === "id")?.type;
  if (type === undefined) return id;
  const read = readValue(type, id, program.types, "id");
  return read.ok && typeof read.wire === "string" && read.wire !== "" ? read.wire : undefined;
}

/** Whether a person is the one who asked, however either id is spelt. */
export function isRequester(program: Program, asked: { readonly requester: string }, id: string): boolean {
  return id === (canonicalId(program, asked.requester) ?? asked.requester);
}

/** The places of the demands that this person may meet; one whose `from` the person cannot be shown to have is not among them. */
export function demandsFor(
  program: Program,
  asked: { readonly demands: readonly Demanded[]; readonly requester: string },
  { claims }: Person,
  now: number,
): readonly number[] {
  const scope = createScope(program, undefined, new Map(), { user: claims, agent: {}, session: {} }, now);
  const own = isRequester(program, asked, claims.id);
  return asked.demands.flatMap((demand, place) => {
    if (own && !demand.requester) return [];
    const may = demand.from.some((role) => truthOf({ op: "role", name: role, at: [0, 0, 0, 1, 1] }, scope) === true);
    return may ? [place] : [];
  });
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
