import { createHash } from "node:crypto";
import type { Backend, Profile } from "../backend.js";

const numbers = new WeakMap<Backend, number>();
let last = 0;

/** Tells apart what must not share a pool: the backend itself, and everything a sandbox is started with. */
export function poolKey(backend: Backend, profile: Profile): string {
  let number = numbers.get(backend);
  if (number === undefined) {
    last += 1;
    number = last;
    numbers.set(backend, number);
  }
  return createHash("sha256")
    .update(`${number} ${canonical(profile)}`)
    .digest("base64");
}

/** JSON with the members of objects in order, so that equal profiles have equal texts however they were made. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
