import { digest, type Identity, type Json } from "@writ/ir";
import type { Verdict } from "../evaluate/decide.js";
import type { Program } from "../evaluate/program.js";
import { integrityOf, labelNames } from "../flow/labels.js";

/** The digest of what an approval of a call is bound to: policy, tool, canonical arguments, identity, session and labels. */
export function bindingOf(program: Program, tool: string, args: Json, identity: Identity, verdict: Verdict): string {
  const bound: Json[] = [
    policies(program, verdict),
    tool,
    args,
    { user: identity.user, agent: identity.agent, session: identity.session },
  ];
  return digest(program.flows ? [...bound, boundLabels(program, verdict)] : bound);
}

/** The digests of all policies that decide: the guard's, and those of delegates. */
function policies({ digest: own }: Program, { parts = [] }: Verdict): Json {
  const others = new Set(parts.flatMap(({ scope }) => scope?.program.digest ?? []));
  others.delete(own);
  return others.size === 0 ? own : [own, ...[...others].toSorted()];
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
