import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { KernelLock, OpenLock } from "./kernel-lock.js";
import { StorageFault, systemCode } from "./storage-fault.js";

const NAME = /^process\.([0-9a-f]{24})$/;

/**
 * Who uses a store: each opening has a name, and a file `process.<name>` whose lock it holds for as long as it lives.
 * One whose lock can be taken is gone. All of this is done under the store's own lock.
 */
export class StoreMembers {
  readonly name = randomBytes(12).toString("hex");
  readonly #folder: string;
  readonly #openLock: OpenLock;
  readonly #own: KernelLock;

  constructor(folder: string, openLock: OpenLock) {
    this.#folder = folder;
    this.#openLock = openLock;
    this.#own = openLock(this.#path(this.name));
    if (this.#own.tryTake()) return;
    this.#own.close();
    throw new StorageFault("unavailable", `${this.#path(this.name)} is locked and was just made.`);
  }

  /** Of these, the ones that are gone. Their files are left until `forget`. */
  gone(names: Iterable<string>): readonly string[] {
    return [...names].filter((name) => name !== this.name && this.#isGone(name));
  }

  /** Everybody who left a file, this one too. */
  everybody(): readonly string[] {
    return readdirSync(this.#folder).flatMap((name) => NAME.exec(name)?.[1] ?? []);
  }

  /** Deletes the file of one who is gone, once what it held is settled. */
  forget(name: string): void {
    // Names come from a file that others can write: only one that was made here may become a path.
    if (NAME.test(`process.${name}`)) unlinkIfThere(this.#path(name));
  }

  /** Ends: the file of this one goes too. */
  leave(): void {
    this.#own.close();
    unlinkIfThere(this.#path(this.name));
  }

  #isGone(name: string): boolean {
    const path = this.#path(name);
    if (!NAME.test(`process.${name}`) || !existsSync(path)) return true;
    let lock: KernelLock | undefined;
    try {
      lock = this.#openLock(path);
      return lock.tryTake();
    } catch {
      return !existsSync(path); // what cannot be asked is taken for alive: that frees nothing
    } finally {
      lock?.close();
    }
  }

  #path(name: string): string {
    return join(this.#folder, `process.${name}`);
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
