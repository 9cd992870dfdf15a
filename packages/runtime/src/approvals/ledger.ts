import type { Json } from "@writ/ir";
import { whenLate } from "../faults/deadlines.js";
import type { AuditSink } from "../ports/audit-sink.js";
import type { Clock } from "../ports/clock.js";
import type { StateStore } from "../ports/state-store.js";
import { quietly } from "../quietly.js";
import { isEnded, type Approval, type ApprovalStatus } from "./approval.js";
import { Bell } from "./bell.js";
import { Locks } from "./locks.js";
import { RememberedGrants } from "./remembered.js";
import { Shelf, type Found } from "./shelf.js";

/** What stands in the log as a state of an approval. */
type Recorded = Exclude<ApprovalStatus, "pending"> | "requested";

/** How long what has ended is kept, in milliseconds, and how often it is looked through. */
const KEPT = 30 * 24 * 3_600_000;
const SWEEP_EVERY = 3_600_000;

/** Where approvals are kept and recorded: every change is in the log before it counts. */
export class Ledger {
  readonly shelf: Shelf;
  readonly remembered: RememberedGrants;
  /** One change of an approval at a time, in the order of asking, so that the log says what happened. */
  readonly locks = new Locks();
  /** Rings when an approval has changed here. */
  readonly bell = new Bell();
  readonly #audit: AuditSink;
  readonly #clock: Clock;
  #swept = Number.NEGATIVE_INFINITY;

  constructor(audit: AuditSink, state: StateStore, clock: Clock) {
    this.shelf = new Shelf(state);
    this.remembered = new RememberedGrants(state);
    this.#audit = audit;
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Brings an approval to its end; undefined where another process was first. */
  async end({ version, approval }: Found, status: ApprovalStatus, by?: Json): Promise<Approval | undefined> {
    const next: Approval = { ...approval, status, ended: this.now() };
    return (await this.change(version, next, by)) ? next : undefined;
  }

  /** Records a change, then makes it. Where another process was first it does not count, and the log says so. */
  async change(version: number, next: Approval, by?: Json): Promise<boolean> {
    await this.record(next, next.status === "pending" ? "requested" : next.status, by);
    if (await this.shelf.put(next, version)) {
      if (next.status !== "pending") await quietly(this.shelf.leavePlace(next));
      this.bell.ring(next.id);
      return true;
    }
    await this.#takeBack(next, next.status);
    return false;
  }

  async record(approval: Approval, state: Recorded, by?: Json): Promise<void> {
    try {
      await this.append(approval, state, by);
    } catch (error) {
      // A record that comes after it was given up says what did not happen.
      whenLate(error, async () => this.#takeBack(approval, state));
      throw error;
    }
  }

  /** A record of an approval, or of a grant that was remembered under it. */
  async append(
    of: Pick<Approval, "session" | "call" | "id" | "binding"> & { readonly shown?: string },
    state: Recorded,
    by?: Json,
  ): Promise<void> {
    await this.#audit.append(
      {
        type: "approval",
        at: this.now(),
        session: of.session,
        call: of.call,
        approval: of.id,
        state,
        binding: of.binding,
        ...(of.shown === undefined ? {} : { shown: of.shown }),
        ...(by === undefined ? {} : { by }),
      },
      { durable: true },
    );
  }

  async #takeBack({ id, session }: Approval, state: string): Promise<void> {
    const message = `the approval ${id} was changed elsewhere, or too late: that it is ${state} does not count`;
    await this.#audit.append(
      { type: "incident", at: this.now(), code: "approval_conflict", message, session },
      { durable: true },
    );
  }

  /** Lets go of what ended long ago, now and then. What nobody came back to has expired by then. */
  async sweep(): Promise<void> {
    const now = this.now();
    if (now - this.#swept < SWEEP_EVERY) return;
    this.#swept = now;
    for (const { approval, version } of await this.shelf.all())
      if (now - Math.max(approval.ended ?? approval.expires, approval.requested) >= KEPT)
        await this.locks.run(approval.binding, async () => {
          if (!isEnded(approval)) await this.record(approval, "expired");
          await this.shelf.forget(approval, version);
        });
    await this.remembered.forgetBefore(now, now - KEPT);
  }
}
