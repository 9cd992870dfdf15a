import { canonicalize, digest, type Json } from "@writ/ir";
import { isObject } from "../duties/json-path.js";
import type { Verdict } from "../evaluate/decide.js";
import type { Program } from "../evaluate/program.js";
import { atMost, integrityOf, withIntegrity, type LabelSet } from "../flow/labels.js";
import type { StateStore } from "../ports/state-store.js";
import { randomId } from "../random-id.js";
import type { Approval } from "./approval.js";
import { isDemand, ruleOf, type Demand } from "./demands.js";
import { grantOf, RememberedGrants } from "./remembered.js";
import { visible } from "./view/visible.js";

/** Whose agreements are looked for, and when. */
export interface Remembering {
  readonly program: Program;
  readonly state: StateStore;
  readonly session: string;
  readonly user: Json;
  readonly now: number;
}

/**
 * Whether every demand on a call was met before by a call with equal arguments: of those that `remember` names, under the
 * same rule, user, session and policy, in time, and with labels no higher now than then. It remembers values, never a
 * source: an attacker shares the source.
 */
export async function isRemembered(by: Remembering, verdict: Verdict): Promise<boolean> {
  for (const demand of verdict.decision.demands) {
    const key = keyOf(by, verdict, demand);
    const found = key === undefined ? undefined : await by.state.get(key);
    if (found === undefined || !isGood(by, verdict, found.value)) return false;
  }
  return verdict.decision.demands.length > 0;
}

/** Remembers that a call was agreed to, for each rule that says so. Only after the grant was used. */
export async function rememberGrant(by: Remembering, verdict: Verdict, approval: Approval): Promise<void> {
  const grants = new RememberedGrants(by.state);
  for (const demand of verdict.decision.demands) {
    const key = keyOf(by, verdict, demand);
    const remember = rememberOf(verdict, demand);
    const labels = labelsOf(by.program, verdict);
    const demanded = approval.demands.find((asked) => isDemand(asked, demand));
    if (key === undefined || remember === undefined || demanded === undefined) continue;
    if (by.program.flows && labels === undefined) continue;
    await grants.put(
      key,
      {
        id: randomId("r"),
        tool: approval.tool,
        values: remember.on.map((path) => {
          const value = at(verdict.args, path);
          const text = value === undefined ? "not given" : typeof value === "string" ? value : canonicalize(value);
          return { name: path.join("."), text: visible(text) };
        }),
        session: approval.session,
        requester: approval.requester,
        demand: demanded,
        approval: approval.id,
        call: approval.call,
        binding: approval.binding,
        grantedBy: approval.votes.filter((vote) => vote.grant).map((vote) => vote.by),
        since: by.now,
        until: remember.window === "session" ? "session" : by.now + remember.window,
        policy: by.program.digest,
      },
      labels === undefined ? null : labelsToJson(labels),
    );
  }
}

function rememberOf(
  verdict: Verdict,
  demand: Demand,
): { readonly window: number | "session"; readonly on: readonly (readonly string[])[] } | undefined {
  const rule = ruleOf(verdict, demand);
  return rule?.kind === "ask" || rule?.kind === "demand" ? rule.remember : undefined;
}

function keyOf({ program, session, user }: Remembering, verdict: Verdict, demand: Demand): string | undefined {
  const remember = rememberOf(verdict, demand);
  if (remember === undefined || verdict.tool === undefined) return undefined;
  const values = remember.on.map((path): Json => {
    const found = at(verdict.args, path);
    return found === undefined ? [] : [found];
  });
  const asked: Json = [demand.by, [...demand.from], demand.quorum, demand.requester];
  return `remember/${digest([program.digest, session, user, asked, verdict.tool.tool.name, values])}`;
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  );
}

/** The labels of all that the call carries, with the integrity of what steers it. */
function labelsOf({ lattice }: Program, verdict: Verdict): LabelSet | undefined {
  const carried = verdict.scope?.flow?.carried();
  const steering = verdict.scope?.flow?.steering();
  return carried === undefined || steering === undefined
    ? undefined
    : withIntegrity(lattice, carried, integrityOf(lattice, steering));
}

function isGood({ program, now }: Remembering, verdict: Verdict, value: Json): boolean {
  const grant = grantOf(value);
  if (grant === undefined || (grant.until !== "session" && now >= grant.until)) return false;
  if (!program.flows) return true;
  const current = labelsOf(program, verdict);
  const then = labelsFromJson(isObject(value) ? value["labels"] : undefined);
  return current !== undefined && then !== undefined && atMost(current, then);
}

function labelsToJson({ levels, categories, readers }: LabelSet): Json {
  return {
    levels: [...levels],
    categories: categories.toString(),
    readers: readers === undefined ? null : [...readers].toSorted(),
  };
}

function labelsFromJson(value: Json | undefined): LabelSet | undefined {
  if (!isObject(value)) return undefined;
  const { levels, categories, readers } = value;
  if (
    !Array.isArray(levels) ||
    typeof categories !== "string" ||
    !/^\d+$/.test(categories) ||
    (readers !== null && !Array.isArray(readers))
  )
    return undefined;
  return {
    levels: levels.filter((level) => typeof level === "number"),
    categories: BigInt(categories),
    readers: Array.isArray(readers) ? new Set(readers.filter((reader) => typeof reader === "string")) : undefined,
  };
}
