import type { Program } from "../evaluate/program.js";
import type { IdentityVerifier } from "../identity/verifier.js";
import { isEnded, type Demanded } from "./approval.js";
import type { Resolution, Revocation, Whose, Word } from "./approvals.js";
import type { Ledger } from "./ledger.js";
import type { RememberedGrant } from "./remembered.js";
import type { Found } from "./shelf.js";
import { readVote } from "./vote.js";
import { isRequester, prove, demandsFor, type Person } from "./who.js";

type Fault = Extract<Resolution, { readonly ok: false }>;
type Asked = { readonly demands: readonly Demanded[]; readonly requester: string };

/** What people decide on approvals. Whoever it is proves it first; then it is their word on one approval at a time. */
export class Decisions {
  readonly #program: Program;
  readonly #ledger: Ledger;
  readonly #approvers: IdentityVerifier | undefined;

  constructor(program: Program, ledger: Ledger, approvers: IdentityVerifier | undefined) {
    this.#program = program;
    this.#ledger = ledger;
    this.#approvers = approvers;
  }

  async resolve(id: string, word: Word): Promise<Resolution> {
    // Read once: what is looked at is what counts.
    const vote = readVote(word);
    return this.#settle<Resolution>(id, vote.whose, async (found, person) => {
      const { approval, version } = found;
      const now = this.#ledger.now();
      if (approval.status !== "pending") return fault("not_pending", `the approval is ${approval.status}`);
      if (now >= approval.expires) {
        await this.#ledger.end(found, "expired");
        return fault("expired", "the approval has expired");
      }
      if (vote.shown !== undefined && vote.shown !== approval.shown)
        return fault("not_shown", "this word was given on something else than what is asked: show the approval again");
      if (vote.shown === undefined && vote.grant && person.proof === "token")
        return fault("not_shown", "a grant has to name what was shown: { shown: approval.shown }");
      const by = person.claims.id;
      if (approval.votes.some((other) => other.by === by))
        return fault("already_decided", "this person has decided already");
      const demands = demandsFor(this.#program, approval, person, now);
      if (demands.length === 0) return notEligible(approval, by);
      const rules = demands.map((one) => approval.demands[one]?.rule ?? "");
      const { proof } = person;
      const next = vote.on(approval, { by, at: now, demands, proof });
      const counts = await this.#ledger.change(version, next, { id: by, grant: vote.grant, rules, proof });
      return counts ? { ok: true, approval: next } : undefined;
    });
  }

  async revoke(id: string, whose: Whose): Promise<Revocation> {
    const grant = await safely(() => this.#ledger.remembered.byId(id));
    if (grant !== undefined) return "ok" in grant ? grant : safely(() => this.#forget(grant, whose));
    return this.#settle<Revocation>(id, whose, async (found, person) => {
      const { approval } = found;
      if (isEnded(approval)) return fault("not_pending", `the approval is ${approval.status}`);
      if (this.#ledger.now() >= approval.expires) {
        await this.#ledger.end(found, "expired");
        return fault("expired", "the approval has expired");
      }
      if (!this.#mayRevoke(approval, person)) return notEligible(approval, person.claims.id);
      const ended = await this.#ledger.end(found, "revoked", { id: person.claims.id, proof: person.proof });
      return ended === undefined ? undefined : { ok: true };
    });
  }

  async #forget(grant: RememberedGrant, whose: Whose): Promise<Revocation> {
    const proven = await prove(this.#program, this.#approvers, whose);
    if (!proven.ok) return proven;
    const { claims, proof } = proven.person;
    if (!this.#inForce(grant.policy)) return fault("not_pending", "the policy has changed since; it covers nothing");
    const asked = { demands: [grant.demand], requester: grant.requester };
    if (!this.#mayRevoke(asked, proven.person)) return notEligible(asked, claims.id);
    await this.#ledger.append({ ...grant, id: grant.approval }, "revoked", {
      id: claims.id,
      proof,
      remembered: grant.id,
    });
    const gone = await this.#ledger.remembered.forget(grant.id);
    return gone ? { ok: true } : fault("not_pending", "it was taken back already");
  }

  /** The one who asked may always take it back; so may whoever may agree to it. */
  #mayRevoke(asked: Asked, person: Person): boolean {
    return (
      isRequester(this.#program, asked, person.claims.id) ||
      demandsFor(this.#program, asked, person, this.#ledger.now()).length > 0
    );
  }

  /** Finds an approval, proves who speaks, and does the work on it alone; once more where another process was first. */
  async #settle<T>(
    id: string,
    whose: Whose,
    work: (found: Found, person: Person) => Promise<T | Fault | undefined>,
  ): Promise<T | Fault> {
    const { shelf, locks } = this.#ledger;
    return safely(async (): Promise<T | Fault> => {
      const seen = await shelf.byId(id);
      if (seen === undefined) return fault("unknown", "there is no such approval");
      const proven = await prove(this.#program, this.#approvers, whose);
      if (!proven.ok) return fault(proven.code, proven.message);
      return locks.run(seen.approval.binding, async () => {
        for (;;) {
          const found = await shelf.byId(id);
          if (found === undefined) return fault("unknown", "there is no such approval");
          if (!this.#inForce(found.approval.policy))
            return fault("not_pending", "the policy has changed since; the call has to be made again");
          const done = await work(found, proven.person);
          if (done !== undefined) return done;
        }
      });
    });
  }

  #inForce(policy: string): boolean {
    return policy === this.#program.digest;
  }
}

async function safely<T>(work: () => Promise<T>): Promise<T | Fault> {
  try {
    return await work();
  } catch (error) {
    const said = error instanceof Error ? error.message : "unknown fault";
    return fault("unavailable", `the decision could not be recorded, so nothing changed: ${said}`);
  }
}

function fault(code: Fault["code"], message: string): Fault {
  return { ok: false, code, message };
}

function notEligible(asked: Asked, by: string): Fault {
  const roles = [...new Set(asked.demands.flatMap((demand) => demand.from))].join(" or ");
  const own = by === asked.requester ? "; who made a request does not approve it" : "";
  return fault("not_eligible", `this takes ${roles}${own}`);
}
