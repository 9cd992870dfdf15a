import type { Identity, Json } from "@writ/ir";
import type { Verdict } from "../evaluate/decide.js";
import type { Program } from "../evaluate/program.js";
import { place } from "../explain/explain.js";
import type { IdentityVerifier } from "../identity/verifier.js";
import type { AuditSink } from "../ports/audit-sink.js";
import type { Clock } from "../ports/clock.js";
import type { StateStore } from "../ports/state-store.js";
import { quietly } from "../quietly.js";
import { randomId } from "../random-id.js";
import { expiry, shownDigest, type Approval, type Demanded } from "./approval.js";
import type { Approvals, Resolution, Revocation, Whose, Word } from "./approvals.js";
import { bindingOf } from "./binding.js";
import { coversDemands, ruleOf } from "./demands.js";
import { Decisions } from "./decisions.js";
import { Ledger } from "./ledger.js";
import type { RememberedGrant } from "./remembered.js";
import type { Found } from "./shelf.js";
import { showArguments, showOrigins } from "./show.js";
import type { ViewPart } from "./view/part.js";
import { changeParts, isStillThere, type Preview } from "./view/preview.js";
import { viewOf } from "./view/view.js";
import { waitFor } from "./wait.js";

/** What a desk works with. */
export interface DeskPorts {
  readonly program: Program;
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly approvers?: IdentityVerifier | undefined;
  readonly preview?: Preview | undefined;
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

/** The approvals of a guard: what a call that asks stands on, and the way for people to decide. */
export interface Desk extends Approvals {
  standing(verdict: Verdict, asked: Asked): Promise<Standing>;
  use(approval: Approval, version: number): Promise<boolean>;
  giveBack(approval: Approval): Promise<void>;
  close(): void;
  voidAll(): Promise<void>;
}

/** See {@link Desk}. */
export class ApprovalDesk implements Desk {
  readonly #program: Program;
  readonly #ledger: Ledger;
  readonly #decisions: Decisions;
  readonly #preview: Preview | undefined;
  #closed = false;
  #replaced = false;

  constructor({ program, audit, state, clock, approvers, preview }: DeskPorts) {
    this.#program = program;
    this.#ledger = new Ledger(audit, state, clock);
    this.#decisions = new Decisions(program, this.#ledger, approvers);
    this.#preview = preview;
  }

  /** Where a call that must be agreed to stands; makes the approval when there is none that is still good. */
  async standing(verdict: Verdict, asked: Asked): Promise<Standing> {
    const binding = bindingOf(this.#program, asked.tool, asked.args, asked.identity, verdict);
    const standing = await this.#ledger.locks.run(binding, () => this.#standing(verdict, asked, binding));
    if (standing.kind === "waiting" && standing.created) await quietly(this.#ledger.sweep());
    return standing;
  }

  async #standing(verdict: Verdict, asked: Asked, binding: string): Promise<Standing> {
    const { shelf } = this.#ledger;
    let found = await shelf.bound(binding);
    let changes: readonly ViewPart[] | undefined;
    if (found?.approval !== undefined) {
      const { approval, version } = found;
      const known = await this.#known({ approval, version }, asked.call);
      const stands = known?.kind === "waiting" || known?.kind === "granted";
      if (known !== undefined && !stands) return known;
      if (known?.kind === "granted" && approval.view.some(({ kind }) => kind === "change"))
        changes = await changeParts(this.#preview, verdict.tool?.tool, asked);
      const again =
        changes !== undefined && !isStillThere(approval.view, changes)
          ? "the change"
          : coversDemands(approval, verdict.decision.demands)
            ? undefined
            : "the demands";
      if (known !== undefined && again === undefined) return known;
      if (known !== undefined) {
        // It is not what was asked, or agreed to: somebody has to look again.
        await this.#ledger.end({ approval, version }, "void", { changed: again ?? "" });
        found = await shelf.bound(binding);
      }
    }
    changes ??= await changeParts(this.#preview, verdict.tool?.tool, asked);
    const made = this.#create(verdict, asked, binding, changes);
    if (!(await shelf.takePlace(made, made.requested))) return { kind: "too_many" };
    await this.#ledger.record(made, "requested");
    await shelf.index(made);
    if (await shelf.put(made, found?.version)) {
      if (found?.approval !== undefined) await quietly(shelf.unindex(found.approval.id));
      return { kind: "waiting", approval: made, created: true };
    }
    // Another process was first with a call of the same content: its approval is the one that counts.
    await this.#ledger.record(made, "void");
    await quietly(shelf.leavePlace(made));
    await quietly(shelf.unindex(made.id));
    const first = (await shelf.bound(binding))?.approval;
    return first === undefined ? { kind: "too_many" } : { kind: "waiting", approval: first, created: false };
  }

  /** What an approval that is there says of a call; undefined where the call has to ask anew. */
  async #known(found: Found, call: string): Promise<Standing | undefined> {
    const { approval, version } = found;
    const late = this.#ledger.now() >= approval.expires;
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
    const ended = await this.#ledger.end(found, "expired");
    return ended === undefined ? undefined : { kind: "expired", approval: ended };
  }

  #create(verdict: Verdict, asked: Asked, binding: string, changes: readonly ViewPart[]): Approval {
    const { types, bundle, digest } = this.#program;
    const { demands } = verdict.decision;
    const tool = verdict.tool?.tool;
    const now = this.#ledger.now();
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
        const rule = ruleOf(verdict, demand);
        const parts = verdict.parts ?? [];
        const theirs = parts.find(({ matches }) => matches.some((match) => match.rule === rule))?.scope?.program.bundle;
        return {
          rule: demand.by,
          at: rule === undefined ? "" : place(theirs ?? bundle, rule.at),
          from: demand.from,
          requester: demand.requester,
          quorum: demand.quorum,
          ...(rule?.because === undefined ? {} : { because: rule.because }),
        };
      }),
      show:
        tool === undefined
          ? []
          : [...showArguments(tool, asked.args, demands, types), ...showOrigins(verdict.scope?.flow, demands)],
      view: [...viewOf(this.#program, verdict), ...changes],
      binding,
      policy: digest,
    };
    return { ...asks, status: "pending", votes: [], shown: shownDigest(asks) };
  }

  /** Takes a granted approval for one use; false when it was used, taken back or has expired in between. */
  async use({ binding, expires }: Approval, version: number): Promise<boolean> {
    return this.#ledger.locks.run(binding, async () => {
      const found = await this.#ledger.shelf.bound(binding);
      const { approval } = found ?? {};
      if (found?.version !== version || approval?.status !== "granted" || this.#ledger.now() >= expires) return false;
      return (await this.#ledger.end({ version, approval }, "used")) !== undefined;
    });
  }

  /** Gives a use back where the tool itself paused, or never started. */
  async giveBack({ binding, id }: Approval): Promise<void> {
    await this.#ledger.locks.run(binding, async () => {
      const found = await this.#ledger.shelf.bound(binding);
      const current = found?.approval;
      if (found === undefined || current?.id !== id || current.status !== "used") return;
      // Void with all others of its policy, also where that policy comes back.
      if (this.#replaced) return;
      // What was remembered by that use goes with it: a grant that is then taken back leaves nothing that covers a call.
      await this.#ledger.remembered.forgetOf(id);
      const { ended: _, ...rest } = current;
      await this.#ledger.change(found.version, { ...rest, status: "granted" });
    });
  }

  async list(of: { readonly session?: string } = {}): Promise<readonly Approval[]> {
    const now = this.#ledger.now();
    return (await this.#ledger.shelf.waiting(of.session))
      .filter(({ status, expires, policy }) => status === "pending" && now < expires && policy === this.#program.digest)
      .toSorted((a, b) => a.requested - b.requested);
  }

  async get(id: string): Promise<Approval | undefined> {
    return (await this.#ledger.shelf.byId(id))?.approval;
  }

  async wait(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Approval | undefined> {
    return waitFor(this.#ledger, id, () => this.#closed, signal);
  }

  /** Nobody waits any longer: those who do get what stands. */
  close(): void {
    this.#closed = true;
    this.#ledger.bell.ringAll();
  }

  /** The policy is another from now on: what waits under this one, or was granted and not used, is void. */
  async voidAll(): Promise<void> {
    this.#replaced = true;
    for (const { approval, version } of await this.#ledger.shelf.all()) {
      const open = approval.status === "pending" || approval.status === "granted";
      if (open && approval.policy === this.#program.digest)
        await this.#ledger.locks.run(approval.binding, () =>
          this.#ledger.end({ approval, version }, "void", { policy: "replaced" }),
        );
    }
  }

  async resolve(id: string, word: Word): Promise<Resolution> {
    return this.#decisions.resolve(id, word);
  }

  async revoke(id: string, whose: Whose): Promise<Revocation> {
    return this.#decisions.revoke(id, whose);
  }

  async remembered(): Promise<readonly RememberedGrant[]> {
    const now = this.#ledger.now();
    return (await this.#ledger.remembered.all())
      .filter(({ until, policy }) => (until === "session" || now < until) && policy === this.#program.digest)
      .toSorted((a, b) => a.since - b.since);
  }
}

function claimText(claim: Json | undefined): string {
  return typeof claim === "string" ? claim : "";
}
