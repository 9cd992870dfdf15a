import { decideShadow } from "../evaluate/decide.js";
import type { Match, Verdict } from "../evaluate/decide.js";
import type { StateStore } from "../ports/state-store.js";
import { quietly } from "../quietly.js";
import { claimsOf } from "./limit.js";

/** A `@shadow` rule that would have acted, and whether its own counters were full. */
export interface Shadow extends Match {
  readonly full: boolean;
}

/** How the shadow rules of a call come out. They change nothing; what fails here changes nothing either. */
export async function shadowsOf(
  verdict: Verdict,
  store: StateStore,
  about: { readonly call: string; readonly policy: string; readonly session: string; readonly now: number },
): Promise<readonly Shadow[]> {
  const out: Shadow[] = [];
  for (const match of decideShadow(verdict)) {
    if (match.truth === false) continue;
    const claims = claimsOf([match], verdict.scope, about.policy, about.session);
    out.push({
      ...match,
      full:
        claims === undefined ||
        (claims.length > 0 && !(await count(store, `${about.call}/shadow/${match.rule.id}`, claims, about.now))),
    });
  }
  return out;
}

async function count(
  store: StateStore,
  id: string,
  claims: Parameters<StateStore["reserve"]>[1],
  now: number,
): Promise<boolean> {
  let ok = false;
  await quietly(
    (async () => {
      ok = (await store.reserve(id, claims, now)).ok;
      if (!ok) return;
      await store.commit(id, now);
      await store.finish(id);
    })(),
  );
  return ok;
}
