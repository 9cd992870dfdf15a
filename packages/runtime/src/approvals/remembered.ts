import { copyJson, type Json } from "@writ/ir";
import type { StateStore } from "../ports/state-store.js";
import type { Demanded } from "./approval.js";

/** A grant that covers later calls with equal values of some arguments. Times in milliseconds since 1970. */
export interface RememberedGrant {
  readonly id: string;
  readonly tool: string;
  /** The values that a later call has to have, written as an approver sees them. */
  readonly values: readonly { readonly name: string; readonly text: string }[];
  readonly session: string;
  readonly requester: string;
  /** The rule whose demand it meets. */
  readonly demand: Demanded;
  /** The approval that was granted, the call that used it, and what it was bound to. */
  readonly approval: string;
  readonly call: string;
  readonly binding: string;
  readonly grantedBy: readonly string[];
  readonly since: number;
  readonly until: number | "session";
  readonly policy: string;
}

/** The remembered grants as they stand in the state store, under the digest of what they cover. */
export class RememberedGrants {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  async all(): Promise<readonly RememberedGrant[]> {
    return (await this.#state.list("remember/")).flatMap(({ value }) => grantOf(value) ?? []);
  }

  async byId(id: string): Promise<RememberedGrant | undefined> {
    if (typeof id !== "string" || id.length > 128 || !id.isWellFormed()) return undefined;
    const key = (await this.#state.get(`remember-id/${id}`))?.value;
    const grant = typeof key === "string" ? grantOf((await this.#state.get(key))?.value) : undefined;
    return grant?.id === id ? grant : undefined;
  }

  /** Puts a grant in the place of an earlier one for the same. */
  async put(key: string, grant: RememberedGrant, labels: Json): Promise<void> {
    const copied = copyJson({ ...grant, labels });
    if (!copied.ok) return; // larger than any call may be: it is not remembered
    const before = await this.#state.get(key);
    await this.#state.compareAndSet(`remember-id/${grant.id}`, undefined, key);
    if (!(await this.#state.compareAndSet(key, before?.version, copied.value))) return;
    const old = grantOf(before?.value);
    if (old !== undefined) await this.#unindex(old.id);
  }

  /** False where it is not there any more. */
  async forget(id: string): Promise<boolean> {
    const key = (await this.#state.get(`remember-id/${id}`))?.value;
    if (typeof key !== "string") return false;
    for (;;) {
      const found = await this.#state.get(key);
      if (found === undefined || grantOf(found.value)?.id !== id) return false;
      if (!(await this.#state.compareAndSet(key, found.version, undefined))) continue;
      await this.#unindex(id);
      return true;
    }
  }

  /** Lets go of those that were remembered under one approval. */
  async forgetOf(approval: string): Promise<void> {
    for (const grant of await this.all()) if (grant.approval === approval) await this.forget(grant.id);
  }

  /** Lets go of those whose time has passed, and of those of sessions that began to use them before `oldest`. */
  async forgetBefore(now: number, oldest: number): Promise<void> {
    for (const { id, until, since } of await this.all())
      if (until === "session" ? since < oldest : until <= now) await this.forget(id);
  }

  async #unindex(id: string): Promise<void> {
    const found = await this.#state.get(`remember-id/${id}`);
    if (found !== undefined) await this.#state.compareAndSet(`remember-id/${id}`, found.version, undefined);
  }
}

/** A grant from the store; undefined where the entry is none, which then covers nothing. */
export function grantOf(value: Json | undefined): RememberedGrant | undefined {
  return isGrant(value) ? value : undefined;
}

function isGrant(value: unknown): value is RememberedGrant {
  if (typeof value !== "object" || value === null) return false;
  const has = (key: string, type: string): boolean => typeof Reflect.get(value, key) === type;
  const until: unknown = Reflect.get(value, "until");
  const demand: unknown = Reflect.get(value, "demand");
  return (
    ["id", "tool", "session", "requester", "approval", "call", "binding", "policy"].every((key) =>
      has(key, "string"),
    ) &&
    ["values", "grantedBy"].every((key) => Array.isArray(Reflect.get(value, key))) &&
    has("since", "number") &&
    (until === "session" || typeof until === "number") &&
    typeof demand === "object" &&
    demand !== null &&
    typeof Reflect.get(demand, "rule") === "string" &&
    typeof Reflect.get(demand, "requester") === "boolean" &&
    Array.isArray(Reflect.get(demand, "from"))
  );
}
