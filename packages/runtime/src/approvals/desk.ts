import type { Identity, Json } from "@writ/ir";
import type { AuditSink } from "../ports/audit-sink.js";
import type { Clock } from "../ports/clock.js";
import type { StateStore } from "../ports/state-store.js";
import type { Verdict } from "../evaluate/decide.js";
import type { Program } from "../evaluate/program.js";
import { place } from "../explain.js";
import type { IdentityVerifier } from "../identity/verifier.js";
import { quietly } from "../quietly.js";
import { randomId } from "../random-id.js";
import { expiry, isEnded, shownDigest, type Approval, type ApprovalStatus, type Demanded } from "./approval.js";
import type { Approvals, Resolution, Revocation, Whose, Word } from "./approvals.js";
import { bindingOf } from "./binding.js";
import { Locks } from "./locks.js";
import { RememberedGrants, type RememberedGrant } from "./remembered.js";
import { readVote } from "./vote.js";
import { Shelf, type Found } from "./shelf.js";
import { showArguments, showOrigins } from "./show.js";
import { prove, rulesFor, type Person } from "./who.js";

interface Ports {
  readonly program: Program;
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly approvers?: IdentityVerifier | undefined;
}

/** A call that must be agreed to. */
export interface Asked {
  readonly tool: string;
  readonly args: Json;
  readonly identity: Identity;
  readonly session: string;
  readonly call: string;
}

export type Standing =
  | { readonly kind: "waiting"; readonly approval: Approval; readonly created: boolean }
  | { readonly kind: "granted"; readonly approval: Approval; readonly version: number }
  | { readonly kind: "rejected" | "revoked" | "expired"; readonly approval: Approval }
  | { readonly kind: "too_many" };

/** How long what has ended is kept, in milliseconds, and how often it is looked through. */
const KEPT = 30 * 24 * 3_600_000;
const SWEEP_EVERY = 3_600_000;

/** Keeps approvals, settles them, and lets a call use one. Every change is recorded before it counts. */
export class ApprovalDesk implements Approvals {
  readonly #ports: Ports;
  readonly #shelf: Shelf;
  readonly #remembered: RememberedGrants;
  readonly #locks = new Locks();
  #swept = Number.NEGATIVE_INFINITY;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#shelf = new Shelf(ports.state);
    this.#remembered = new RememberedGrants(ports.state);
  }

  /** Where a call that must be agreed to stands; makes the approval when there is none that is still good. */
  async standing(verdict: Verdict, asked: Asked): Promise<Standing> {
    const binding = bindingOf(this.#ports.program, asked.tool, asked.args, asked.identity, verdict);
    const standing = await this.#locks.run(binding, () => this.#standing(verdict, asked, binding));
    if (standing.kind === "waiting" && standing.created) await quietly(this.#sweep(standing.approval.requested));
    return standing;
  }

  async #standing(verdict: Verdict, asked: Asked, binding: string): Promise<Standing> {
    const found = await this.#shelf.bound(binding);
    const now = this.#ports.clock.now();
    if (found?.approval !== undefined) {
      const { approval, version } = found;
      const known = await this.#known({ approval, version }, asked.call, now);
      if (known !== undefined) return known;
    }
    const made = this.#create(verdict, asked, binding, now);
    if (!(await this.#shelf.takePlace(made, now))) return { kind: "too_many" };
    await this.#record(made, "requested");
    await this.#shelf.index(made);
    if (await this.#shelf.put(made, found?.version)) {
      if (found?.approval !== undefined) await quietly(this.#shelf.unindex(found.approval.id));
      return { kind: "waiting", approval: made, created: true };
    }
    // Another process was first with a call of the same content: its approval is the one that counts.
    await this.#record(made, "void");
    await quietly(this.#shelf.leavePlace(made));
    await quietly(this.#shelf.unindex(made.id));
    const first = (await this.#shelf.bound(binding))?.approval;
    return first === undefined ? { kind: "too_many" } : { kind: "waiting", approval: first, created: false };
  }

  /** What an approval that is there says of a call; undefined where the call has to ask anew. */
  async #known(found: Found, call: string, now: number): Promise<Standing | undefined> {
    const { approval, version } = found;
    const late = now >= approval.expires;
    // The very call that was asked for has its answer, also when its step is replayed later; only a new call asks anew.
    const same = approval.call === call;
    switch (approval.status) {
      case "pending":
        if (!late) return { kind: "waiting", approval, created: false };
        break;
      case "granted":
        if (!late) return { kind: "granted", approval, version };
        break;
      case "rejected":
      case "revoked":
        return !late || same ? { kind: approval.status, approval } : undefined;
      case "expired":
        return same ? { kind: "expired", approval } : undefined;
      case "used":
      case "void":
        return undefined;
    }
    const ended = await this.#end(found, "expired", now);
    return ended === undefined ? undefined : { kind: "expired", approval: ended };
  }

  #create(verdict: Verdict, asked: Asked, binding: string, now: number): Approval {
    const { program } = this.#ports;
    const { demands } = verdict.decision;
    const tool = verdict.tool?.tool;
    const asks: Omit<Approval, "status" | "votes" | "shown"> = {
      id: randomId("a"),
      tool: asked.tool,
      session: asked.session,
      call: asked.call,
      requester: claimText(asked.identity.user["id"]),
      agent: claimText(asked.identity.agent["id"]),
      requested: now,
      expires: expiry(demands, now),
      demands: demands.map((demand): Demanded => {
        const rule = verdict.matches.find((match) => match.rule.id === demand.by)?.rule;
        return {
          rule: demand.by,
          at: rule === undefined ? "" : place(program.bundle, rule.at),
          from: demand.from,
          requester: demand.requester,
          quorum: demand.quorum,
          ...(rule?.because === undefined ? {} : { because: rule.because }),
        };
      }),
      show:
        tool === undefined
          ? []
          : [...showArguments(tool, asked.args, demands, program.types), ...showOrigins(verdict.scope?.flow, demands)],
      binding,
      policy: program.digest,
    };
    return { ...asks, status: "pending", votes: [], shown: shownDigest(asks) };
  }

  /** Takes a granted approval for one use; false when it was used, taken back or has expired in between. */
  async use(approval: Approval, version: number): Promise<boolean> {
    return this.#locks.run(approval.binding, async () => {
      const now = this.#ports.clock.now();
      const found = await this.#shelf.bound(approval.binding);
      if (found?.version !== version || found.approval?.status !== "granted" || now >= approval.expires) return false;
      return (await this.#end({ version, approval: found.approval }, "used", now)) !== undefined;
    });
  }

  /** Gives a use back where the tool itself paused, or never started. */
  async giveBack(approval: Approval): Promise<void> {
    await this.#locks.run(approval.binding, async () => {
      const found = await this.#shelf.bound(approval.binding);
      const current = found?.approval;
      if (found === undefined || current?.id !== approval.id || current.status !== "used") return;
      const { ended: _, ...rest } = current;
      await this.#change(found.version, { ...rest, status: "granted" });
    });
  }

  async list(of: { readonly session?: string } = {}): Promise<readonly Approval[]> {
    const now = this.#ports.clock.now();
    return (await this.#shelf.waiting(of.session))
      .filter(({ status, expires, policy }) => status === "pending" && now < expires && this.#inForce(policy))
      .toSorted((a, b) => a.requested - b.requested);
  }

  async get(id: string): Promise<Approval | undefined> {
    return (await this.#shelf.byId(id))?.approval;
  }

  async remembered(): Promise<readonly RememberedGrant[]> {
    const now = this.#ports.clock.now();
    return (await this.#remembered.all())
      .filter(({ until, policy }) => (until === "session" || now < until) && this.#inForce(policy))
      .toSorted((a, b) => a.since - b.since);
  }

  async resolve(id: string, word: Word): Promise<Resolution> {
    // Read once: what is looked at is what counts.
    const vote = readVote(word);
    return this.#settle<Resolution>(id, vote.whose, async (found, person) => {
      const { approval, version } = found;
      const now = this.#ports.clock.now();
      if (approval.status !== "pending") return fault("not_pending", `the approval is ${approval.status}`);
      if (now >= approval.expires) {
        await this.#end(found, "expired", now);
        return fault("expired", "the approval has expired");
      }
      if (vote.shown !== undefined && vote.shown !== approval.shown)
        return fault("not_shown", "this word was given on something else than what is asked: show the approval again");
      if (vote.shown === undefined && vote.grant && person.proof === "token")
        return fault("not_shown", "a grant has to name what was shown: { shown: approval.shown }");
      const by = person.claims.id;
      if (approval.votes.some((other) => other.by === by))
        return fault("already_decided", "this person has decided already");
      const rules = rulesFor(this.#ports.program, approval, person, now);
      if (rules.length === 0) return notEligible(approval, by);
      const next = vote.on(approval, { by, at: now, rules, proof: person.proof });
      const kept = await this.#change(version, next, { id: by, grant: vote.grant, rules, proof: person.proof });
      return kept ? { ok: true, approval: next } : undefined;
    });
  }

  async revoke(id: string, whose: Whose): Promise<Revocation> {
    const remembered = await this.#revokeRemembered(id, whose);
    if (remembered !== undefined) return remembered;
    return this.#settle<Revocation>(id, whose, async (found, person) => {
      const { approval } = found;
      const now = this.#ports.clock.now();
      if (isEnded(approval)) return fault("not_pending", `the approval is ${approval.status}`);
      if (now >= approval.expires) {
        await this.#end(found, "expired", now);
        return fault("expired", "the approval has expired");
      }
      if (!this.#mayRevoke(approval, person, now)) return notEligible(approval, person.claims.id);
      const ended = await this.#end(found, "revoked", now, { id: person.claims.id, proof: person.proof });
      return ended === undefined ? undefined : { ok: true };
    });
  }

  async #revokeRemembered(id: string, whose: Whose): Promise<Revocation | undefined> {
    const grant = await this.#safely(() => this.#remembered.byId(id));
    if (grant === undefined || "ok" in grant) return grant;
    const done = await this.#safely(async (): Promise<Revocation> => {
      const { program, approvers, clock, audit } = this.#ports;
      const proven = await prove(program, approvers, whose);
      if (!proven.ok) return proven;
      const { claims, proof } = proven.person;
      const now = clock.now();
      if (!this.#inForce(grant.policy)) return fault("not_pending", "the policy has changed since; it covers nothing");
      const own = { demands: [grant.demand], requester: grant.requester };
      if (!this.#mayRevoke(own, proven.person, now)) return notEligible(own, claims.id);
      await audit.append(
        {
          type: "approval",
          at: now,
          session: grant.session,
          call: grant.call,
          approval: grant.approval,
          state: "revoked",
          binding: grant.binding,
          by: { id: claims.id, proof, remembered: id },
        },
        { durable: true },
      );
      return (await this.#remembered.forget(id)) ? { ok: true } : fault("not_pending", "it was taken back already");
    });
    return done;
  }

  /** The one who asked may always take it back; so may whoever may agree to it. */
  #mayRevoke(
    asked: { readonly demands: readonly Demanded[]; readonly requester: string },
    person: Person,
    now: number,
  ): boolean {
    const { program } = this.#ports;
    return person.claims.id === asked.requester || rulesFor(program, asked, person, now).length > 0;
  }

  /** Finds an approval, proves who speaks, and does the work on it alone; once more where another process was first. */
  async #settle<T extends { readonly ok: boolean }>(
    id: string,
    whose: Whose,
    work: (found: Found, person: Person) => Promise<T | Fault | undefined>,
  ): Promise<T | Fault> {
    const settled = await this.#safely(async (): Promise<T | Fault> => {
      const seen = await this.#shelf.byId(id);
      if (seen === undefined) return fault("unknown", "there is no such approval");
      const proven = await prove(this.#ports.program, this.#ports.approvers, whose);
      if (!proven.ok) return fault(proven.code, proven.message);
      return this.#locks.run(seen.approval.binding, async () => {
        for (;;) {
          const found = await this.#shelf.byId(id);
          if (found === undefined) return fault("unknown", "there is no such approval");
          if (!this.#inForce(found.approval.policy))
            return fault("not_pending", "the policy has changed since; the call has to be made again");
          const done = await work(found, proven.person);
          if (done !== undefined) return done;
        }
      });
    });
    return settled;
  }

  async #safely<T>(work: () => Promise<T>): Promise<T | Fault> {
    try {
      return await work();
    } catch (error) {
      const said = error instanceof Error ? error.message : "unknown fault";
      return fault("unavailable", `the decision could not be recorded, so nothing changed: ${said}`);
    }
  }

  #inForce(policy: string): boolean {
    return policy === this.#ports.program.digest;
  }

  async #end(
    { version, approval }: Found,
    status: ApprovalStatus,
    now: number,
    by?: Json,
  ): Promise<Approval | undefined> {
    const next: Approval = { ...approval, status, ended: now };
    return (await this.#change(version, next, by)) ? next : undefined;
  }

  /** Records a change, then makes it. Where another process was first it does not count, and the log says so. */
  async #change(version: number, next: Approval, by?: Json): Promise<boolean> {
    await this.#record(next, next.status === "pending" ? "requested" : next.status, by);
    if (await this.#shelf.put(next, version)) {
      if (next.status !== "pending") await quietly(this.#shelf.leavePlace(next));
      return true;
    }
    await this.#ports.audit.append(
      {
        type: "incident",
        at: this.#ports.clock.now(),
        code: "approval_conflict",
        message: `the approval ${next.id} was changed elsewhere: that it is ${next.status} does not count`,
        session: next.session,
      },
      { durable: true },
    );
    return false;
  }

  /** Lets go of what ended long ago, now and then. What nobody came back to has expired by then. */
  async #sweep(now: number): Promise<void> {
    if (now - this.#swept < SWEEP_EVERY) return;
    this.#swept = now;
    for (const { approval, version } of await this.#shelf.all())
      if (now - Math.max(approval.ended ?? approval.expires, approval.requested) >= KEPT)
        await this.#locks.run(approval.binding, async () => {
          if (!isEnded(approval)) await this.#record(approval, "expired");
          await this.#shelf.forget(approval, version);
        });
    await this.#remembered.forgetBefore(now, now - KEPT);
  }

  async #record(approval: Approval, state: Exclude<ApprovalStatus, "pending"> | "requested", by?: Json): Promise<void> {
    await this.#ports.audit.append(
      {
        type: "approval",
        at: this.#ports.clock.now(),
        session: approval.session,
        call: approval.call,
        approval: approval.id,
        state,
        binding: approval.binding,
        shown: approval.shown,
        ...(by === undefined ? {} : { by }),
      },
      { durable: true },
    );
  }
}

type Fault = Extract<Resolution, { readonly ok: false }>;

function fault(code: Fault["code"], message: string): Fault {
  return { ok: false, code, message };
}

function notEligible(asked: { readonly demands: readonly Demanded[]; readonly requester: string }, by: string): Fault {
  const roles = [...new Set(asked.demands.flatMap((demand) => demand.from))].join(" or ");
  const own = by === asked.requester ? "; who made a request does not approve it" : "";
  return fault("not_eligible", `this takes ${roles}${own}`);
}

function claimText(claim: Json | undefined): string {
  return typeof claim === "string" ? claim : "";
}
