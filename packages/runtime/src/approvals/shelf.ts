import type { Json } from "@writ/ir";
import type { StateStore } from "../ports/state-store.js";
import { approvalFromJson, approvalToJson, type Approval } from "./approval.js";

/** A session may have this many calls waiting. */
export const MAX_WAITING = 32;

/** Longer than any id that is minted here. */
const MAX_ID = 128;

/** An approval as it stands in the store; `approval` is undefined where the entry is none. */
export interface Kept {
  readonly version: number;
  readonly approval: Approval | undefined;
}

/** An approval that is there. */
export interface Found extends Kept {
  readonly approval: Approval;
}

interface Place {
  readonly id: string;
  readonly binding: string;
  readonly expires: number;
}

/**
 * Where approvals stand in the state store: each under the digest of what it is bound to, found by its id through an
 * index, and those that wait in a list of their session, which is also what holds the cap. Nothing here is recorded.
 */
export class Shelf {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  async bound(binding: string): Promise<Kept | undefined> {
    const found = await this.#state.get(`approval/${binding}`);
    return found === undefined ? undefined : { version: found.version, approval: approvalFromJson(found.value) };
  }

  async byId(id: string): Promise<Found | undefined> {
    if (typeof id !== "string" || id.length > MAX_ID || !id.isWellFormed()) return undefined;
    const binding = (await this.#state.get(`approval-id/${id}`))?.value;
    const found = typeof binding === "string" ? await this.bound(binding) : undefined;
    // Another approval of the same call may have taken its place since.
    return found?.approval?.id === id ? { version: found.version, approval: found.approval } : undefined;
  }

  /** Puts an approval in place of what was seen there; false where that has changed. */
  async put(approval: Approval, seen: number | undefined): Promise<boolean> {
    return this.#state.compareAndSet(`approval/${approval.binding}`, seen, approvalToJson(approval));
  }

  /** Makes an approval findable, before it is put there: a crash in between leaves an index to nothing, which is harmless. */
  async index({ id, binding }: Approval): Promise<void> {
    await this.#state.compareAndSet(`approval-id/${id}`, undefined, binding);
  }

  async forget({ id, binding }: Approval, version: number): Promise<boolean> {
    if (!(await this.#state.compareAndSet(`approval/${binding}`, version, undefined))) return false;
    await this.unindex(id);
    return true;
  }

  async unindex(id: string): Promise<void> {
    const found = await this.#state.get(`approval-id/${id}`);
    if (found !== undefined) await this.#state.compareAndSet(`approval-id/${id}`, found.version, undefined);
  }

  /** Takes one of the session's places to wait in; false where all are taken. */
  async takePlace({ session, id, binding, expires }: Approval, now: number): Promise<boolean> {
    for (;;) {
      const found = await this.#state.get(waitingKey(session));
      let places: readonly Place[] = placesOf(found?.value).filter((place) => place.expires > now);
      if (places.length >= MAX_WAITING) places = await this.#stillTaken(places);
      if (places.length >= MAX_WAITING) return false;
      const next = toJson([...places, { id, binding, expires }]);
      if (await this.#state.compareAndSet(waitingKey(session), found?.version, next)) return true;
    }
  }

  async leavePlace({ session, id }: Approval): Promise<void> {
    for (;;) {
      const found = await this.#state.get(waitingKey(session));
      const places = placesOf(found?.value);
      const next = places.filter((place) => place.id !== id);
      if (found === undefined || next.length === places.length) return;
      const value: Json | undefined = next.length === 0 ? undefined : toJson(next);
      if (await this.#state.compareAndSet(waitingKey(session), found.version, value)) return;
    }
  }

  /** What has a place to wait in, whether or not it still waits. */
  async waiting(session?: string): Promise<readonly Approval[]> {
    const lists =
      session === undefined
        ? (await this.#state.list("approval-waiting/")).map(({ value }) => value)
        : [(await this.#state.get(waitingKey(session)))?.value];
    const found: Approval[] = [];
    for (const { id, binding } of lists.flatMap(placesOf)) {
      const approval = (await this.bound(binding))?.approval;
      if (approval?.id === id) found.push(approval);
    }
    return found;
  }

  /** Everything that is kept, ended or not. */
  async all(): Promise<readonly Found[]> {
    return (await this.#state.list("approval/")).flatMap(({ value, version }) => {
      const approval = approvalFromJson(value);
      return approval === undefined ? [] : [{ version, approval }];
    });
  }

  /** A place whose approval is not there yet is being taken right now, or was left by a crash: it ends with its time. */
  async #stillTaken(places: readonly Place[]): Promise<readonly Place[]> {
    const taken: Place[] = [];
    for (const place of places) {
      const approval = (await this.bound(place.binding))?.approval;
      if (approval?.id !== place.id || approval.status === "pending") taken.push(place);
    }
    return taken;
  }
}

function waitingKey(session: string): string {
  return `approval-waiting/${session}`;
}

function toJson(places: readonly Place[]): Json {
  return places.map(({ id, binding, expires }) => ({ id, binding, expires }));
}

function placesOf(value: Json | undefined): readonly Place[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: Json) => (isPlace(entry) ? [entry] : []));
}

function isPlace(entry: unknown): entry is Place {
  return (
    typeof entry === "object" &&
    entry !== null &&
    typeof Reflect.get(entry, "id") === "string" &&
    typeof Reflect.get(entry, "binding") === "string" &&
    typeof Reflect.get(entry, "expires") === "number"
  );
}
