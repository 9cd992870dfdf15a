import { digest, type Identity, type Json } from "@writ/ir";
import type { AuditSink } from "./ports/audit-sink.js";
import type { Clock } from "./ports/clock.js";
import type { StateStore, Versioned } from "./ports/state-store.js";
import {
  approvalFromJson,
  approvalToJson,
  expiry,
  isGranted,
  type Approval,
  type ApprovalStatus,
  type Demanded,
  type Vote,
} from "./duties/approval.js";
import { showArguments, showOrigins } from "./duties/show.js";
import type { Verdict } from "./evaluate/decide.js";
import { truthOf } from "./evaluate/evaluate.js";
import type { Program } from "./evaluate/program.js";
import { createScope } from "./evaluate/scope.js";
import { place } from "./explain.js";
import { integrityOf, labelNames } from "./flow/labels.js";
import { randomId } from "./random-id.js";

/** Who decides, as the host's own authentication proved it: the claims of the policy's `user` identity. */
export interface Approver {
  readonly id: string;
  readonly [claim: string]: Json;
}

export type Resolution =
  | { readonly ok: true; readonly approval: Approval }
  | { readonly ok: false; readonly code: ResolutionFault; readonly message: string };

export type ResolutionFault =
  | "unknown"
  | "not_pending"
  | "expired"
  | "not_eligible"
  | "already_decided"
  | "unavailable";

/** Calls that wait for a person. The only way to a grant is {@link Approvals.resolve}: no framework's resume carries one. */
export interface Approvals {
  /** What waits, oldest first. */
  list(): Promise<readonly Approval[]>;
  get(id: string): Promise<Approval | undefined>;
  /**
   * One person's word. `by` must come from the host's own authentication, never from the model or the client. Roles
   * are tested with it as `user`, and unknown does not count; the one who made the request does not count unless
   * the rule's `from` names `requester`. One rejection ends the approval.
   */
  resolve(id: string, word: { readonly by: Approver; readonly grant: boolean }): Promise<Resolution>;
}

/** A session may have this many calls waiting. */
export const MAX_WAITING = 32;

interface Ports {
  readonly program: Program;
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly clock: Clock;
}

export type Standing =
  | { readonly kind: "waiting"; readonly approval: Approval; readonly created: boolean }
  | { readonly kind: "granted"; readonly approval: Approval; readonly version: number }
  | { readonly kind: "rejected" | "expired"; readonly approval: Approval }
  | { readonly kind: "too_many" };

/** Keeps approvals in the state store under the digest of what they are bound to. */
export class ApprovalDesk implements Approvals {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** What an approval of this call is bound to. */
  binding(tool: string, args: Json, identity: Identity, verdict: Verdict): string {
    const { program } = this.#ports;
    const bound: Json[] = [
      program.digest,
      tool,
      args,
      { user: identity.user, agent: identity.agent, session: identity.session },
    ];
    return digest(program.flows ? [...bound, boundLabels(program, verdict)] : bound);
  }

  /** Where a call that must be agreed to stands; makes the approval when there is none that is still good. */
  async standing(
    verdict: Verdict,
    asked: {
      readonly tool: string;
      readonly args: Json;
      readonly identity: Identity;
      readonly session: string;
      readonly call: string;
    },
  ): Promise<Standing> {
    const binding = this.binding(asked.tool, asked.args, asked.identity, verdict);
    const key = `approval/${binding}`;
    const found = await this.#ports.state.get(key);
    const approval = found === undefined ? undefined : approvalFromJson(found.value);
    const now = this.#ports.clock.now();
    if (found !== undefined && approval !== undefined) {
      const late = now >= approval.expires;
      if (!late && approval.status === "pending") return { kind: "waiting", approval, created: false };
      if (!late && approval.status === "granted") return { kind: "granted", approval, version: found.version };
      // The very call that was asked for has its answer, also when its step is replayed later; only a new call asks anew.
      const same = approval.call === asked.call;
      if (approval.status === "rejected" && (!late || same)) return { kind: "rejected", approval };
      if (approval.status === "expired" && same) return { kind: "expired", approval };
      if (late && (approval.status === "pending" || approval.status === "granted")) {
        const ended = await this.#move(key, found, approval, "expired");
        if (ended !== undefined) return { kind: "expired", approval: ended };
      }
    }
    const waiting = (await this.#pending()).filter((other) => other.session === asked.session);
    if (waiting.length >= MAX_WAITING) return { kind: "too_many" };
    const made = this.#create(verdict, { ...asked, binding }, now);
    await this.#record(made, "requested");
    if (await this.#ports.state.compareAndSet(key, found?.version, approvalToJson(made)))
      return { kind: "waiting", approval: made, created: true };
    // Another call of the same content was first: its approval is the one that counts.
    await this.#record(made, "void");
    const other = await this.#ports.state.get(key);
    const first = other === undefined ? undefined : approvalFromJson(other.value);
    return first === undefined ? { kind: "too_many" } : { kind: "waiting", approval: first, created: false };
  }

  #create(
    verdict: Verdict,
    asked: {
      readonly tool: string;
      readonly args: Json;
      readonly identity: Identity;
      readonly session: string;
      readonly call: string;
      readonly binding: string;
    },
    now: number,
  ): Approval {
    const { program } = this.#ports;
    const { demands } = verdict.decision;
    const tool = verdict.tool?.tool;
    return {
      id: randomId("a"),
      status: "pending",
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
      votes: [],
      binding: asked.binding,
      policy: program.digest,
    };
  }

  /** Takes a granted approval for one use; false when another call took it first. */
  async use(approval: Approval, version: number): Promise<boolean> {
    const used: Approval = { ...approval, status: "used" };
    await this.#record(used, "used");
    return this.#ports.state.compareAndSet(`approval/${approval.binding}`, version, approvalToJson(used));
  }

  /** Gives a use back where the tool itself paused, or never started. */
  async giveBack(approval: Approval): Promise<void> {
    const key = `approval/${approval.binding}`;
    const found = await this.#ports.state.get(key);
    const current = found === undefined ? undefined : approvalFromJson(found.value);
    if (found === undefined || current?.id !== approval.id || current.status !== "used") return;
    await this.#record(approval, "granted");
    await this.#ports.state.compareAndSet(key, found.version, approvalToJson({ ...current, status: "granted" }));
  }

  async list(): Promise<readonly Approval[]> {
    return (await this.#pending()).toSorted((a, b) => a.requested - b.requested);
  }

  async get(id: string): Promise<Approval | undefined> {
    return (await this.#find(id))?.approval;
  }

  async resolve(id: string, word: { readonly by: Approver; readonly grant: boolean }): Promise<Resolution> {
    try {
      return await this.#resolve(id, word);
    } catch (error) {
      const said = error instanceof Error ? error.message : "unknown fault";
      return {
        ok: false,
        code: "unavailable",
        message: `the decision could not be recorded, so nothing changed: ${said}`,
      };
    }
  }

  async #resolve(id: string, word: { readonly by: Approver; readonly grant: boolean }): Promise<Resolution> {
    const found = await this.#find(id);
    if (found === undefined) return { ok: false, code: "unknown", message: "there is no such approval" };
    const { key, entry, approval } = found;
    const now = this.#ports.clock.now();
    if (approval.policy !== this.#ports.program.digest)
      return { ok: false, code: "not_pending", message: "the policy has changed since; the call has to be made again" };
    if (approval.status !== "pending")
      return { ok: false, code: "not_pending", message: `the approval is ${approval.status}` };
    if (now >= approval.expires) {
      await this.#move(key, entry, approval, "expired");
      return { ok: false, code: "expired", message: "the approval has expired" };
    }
    if (typeof word.by.id !== "string" || word.by.id === "")
      return { ok: false, code: "not_eligible", message: "the approver has no id" };
    if (approval.votes.some((vote) => vote.by === word.by.id))
      return { ok: false, code: "already_decided", message: "this person has decided already" };
    const rules = this.#eligible(approval, word.by, now);
    if (rules.length === 0) {
      const roles = [...new Set(approval.demands.flatMap((demand) => demand.from))].join(" or ");
      const own = word.by.id === approval.requester ? "; who made a request does not approve it" : "";
      return { ok: false, code: "not_eligible", message: `this takes ${roles}${own}` };
    }
    const vote: Vote = { by: word.by.id, grant: word.grant, at: now, rules };
    const voted: Approval = { ...approval, votes: [...approval.votes, vote] };
    const status: ApprovalStatus = !word.grant ? "rejected" : isGranted(voted) ? "granted" : "pending";
    const next: Approval = { ...voted, status };
    await this.#record(next, status === "pending" ? "requested" : status, { id: word.by.id, grant: word.grant, rules });
    if (await this.#ports.state.compareAndSet(key, entry.version, approvalToJson(next)))
      return { ok: true, approval: next };
    return this.#resolve(id, word); // someone else decided in between: look again
  }

  /** The rules whose demand this person may meet. */
  #eligible(approval: Approval, by: Approver, now: number): readonly string[] {
    const scope = createScope(this.#ports.program, undefined, new Map(), { user: by, agent: {}, session: {} }, now);
    return approval.demands
      .filter((demand) => demand.requester || by.id !== approval.requester)
      .filter((demand) =>
        demand.from.some((role) => truthOf({ op: "role", name: role, at: [0, 0, 0, 1, 1] }, scope) === true),
      )
      .map((demand) => demand.rule);
  }

  async #pending(): Promise<readonly Approval[]> {
    const now = this.#ports.clock.now();
    const all = await this.#ports.state.list("approval/");
    return all.flatMap((entry) => {
      const approval = approvalFromJson(entry.value);
      const live =
        approval?.status === "pending" && now < approval.expires && approval.policy === this.#ports.program.digest;
      return approval !== undefined && live ? [approval] : [];
    });
  }

  async #find(
    id: string,
  ): Promise<{ readonly key: string; readonly entry: Versioned; readonly approval: Approval } | undefined> {
    for (const entry of await this.#ports.state.list("approval/")) {
      const approval = approvalFromJson(entry.value);
      if (approval?.id === id) return { key: entry.key, entry, approval };
    }
    return undefined;
  }

  async #move(key: string, entry: Versioned, approval: Approval, status: "expired"): Promise<Approval | undefined> {
    const next: Approval = { ...approval, status };
    await this.#record(next, status);
    return (await this.#ports.state.compareAndSet(key, entry.version, approvalToJson(next))) ? next : undefined;
  }

  async #record(approval: Approval, state: ApprovalStatus | "requested", by?: Json): Promise<void> {
    await this.#ports.audit.append(
      {
        type: "approval",
        at: this.#ports.clock.now(),
        session: approval.session,
        call: approval.call,
        approval: approval.id,
        state: state === "pending" ? "requested" : state,
        binding: approval.binding,
        ...(by === undefined ? {} : { by }),
      },
      { durable: true },
    );
  }
}

/** The labels that an approval is bound to: of all that the call carries, with the integrity of what steers it. */
function boundLabels({ lattice }: Program, verdict: Verdict): Json {
  const flow = verdict.scope?.flow;
  const carried = flow?.carried();
  const steering = flow?.steering();
  if (carried === undefined || steering === undefined) return null;
  return {
    carried: labelNames(lattice, carried),
    readers: carried.readers === undefined ? null : [...carried.readers].toSorted(),
    integrity: integrityOf(lattice, steering),
  };
}

function claimText(claim: Json | undefined): string {
  return typeof claim === "string" ? claim : "";
}
