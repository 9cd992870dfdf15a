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
  const { limits, mounts, env, ...rest } = profile;
  return `${number} ${[rest, limits, env, ...mounts].map(members).join("\n")}`;
}

/** The members of an object, in the order of their names: equal ones have equal texts however they were made. */
function members(object: object): string {
  return JSON.stringify(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
