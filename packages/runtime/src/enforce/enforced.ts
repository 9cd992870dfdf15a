import { BUNDLE_BOUNDS, copyJson, digest, type Bundle, type Json, type Tool } from "@writ/ir";
import type { Desk } from "../approvals/desk.js";
import { LateDesk } from "../approvals/late-desk.js";
import type { Preview } from "../approvals/view/preview.js";
import { GuardError } from "../errors.js";
import { loadProgram, type Program } from "../evaluate/program.js";
import { remembers, SessionMemories } from "../flow/session-memories.js";
import type { IdentityVerifier } from "../identity/verifier.js";
import type { FactFunction } from "../call/inquiry.js";
import type { AuditSink } from "../ports/audit-sink.js";
import type { Clock } from "../ports/clock.js";
import type { Sandbox } from "../ports/sandbox.js";
import type { StateStore } from "../ports/state-store.js";
import { proveWalls, type Walls } from "../isolation/walls.js";
import { readBundle, type PolicySource } from "./read-bundle.js";
import { requireUndeclared } from "../tools/provider-tools.js";
import { VERSION } from "../version.js";

/** What a policy needs to be enforced. */
export interface EnforceOptions {
  /** The digest that the bundle must have, as `writ compile` prints it; another one is not loaded. */
  readonly expect?: string | undefined;
  readonly params?: { readonly [name: string]: Json } | undefined;
  readonly facts?: { readonly [name: string]: FactFunction } | undefined;
}

interface Parts {
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly approvers: IdentityVerifier | undefined;
  readonly preview: Preview | undefined;
  readonly providerTools: ReadonlySet<string>;
  readonly sandbox: Sandbox | undefined;
  /** Whether a tier that cannot be provided refuses the start. */
  readonly requireTiers: boolean;
}

/** A policy in force. Each call is taken from its beginning to its end under one. */
export interface Enforced {
  readonly program: Program;
  readonly facts: ReadonlyMap<string, FactFunction>;
  readonly approvals: Desk;
  readonly memories: SessionMemories;
  /**
   * Sessions of which nothing is known under this policy: they were held here when a policy was replaced under which
   * labels, results or the past meant something else.
   */
  readonly forgotten: ReadonlySet<string>;
  readonly walls: Walls;
  readonly unavailable: readonly Unavailable[];
}

/** A tier that the policy names and this guard cannot provide: calls that need it are refused. */
export interface Unavailable {
  readonly tier: string;
  /** The one tool that lacks it, where the tier itself asks for no isolation: it has a network of its own. */
  readonly tool?: string | undefined;
  readonly isolate: string;
  readonly why: string;
  /** The one command that would provide it, where there is one. */
  readonly remedy?: string | undefined;
}

function memoriesUnder(
  program: Program,
  state: StateStore,
  before: Enforced | undefined,
): Pick<Enforced, "memories" | "forgotten"> {
  if (before === undefined) return { memories: new SessionMemories(program, state), forgotten: new Set() };
  const { memories, forgotten } = before;
  if (remembers(before.program) === remembers(program)) return { memories, forgotten };
  return {
    memories: new SessionMemories(program, state),
    forgotten: new Set([...forgotten, ...memories.ids]),
  };
}

/** Makes a policy ready and records it, before any call is decided by it. Throws a {@link GuardError} where it cannot be enforced. */
export async function enforce(
  parts: Parts,
  policy: PolicySource,
  options: EnforceOptions,
  before?: Enforced,
): Promise<Enforced> {
  const bundle = readBundle(policy);
  if (options.expect !== undefined) expectDigest(bundle, options.expect);
  const program = await loadProgram(bundle, { params: options.params ?? {} });
  requireUndeclared(parts.providerTools, program);
  const kept = [...(before?.facts ?? [])].filter(([fact]) => program.facts.has(fact));
  const facts = readFacts(program, options.facts ?? Object.fromEntries(kept));
  const { audit, state, clock } = parts;
  const approvals = new LateDesk({ program, ...parts });
  // The first call that asks finds it ready; what cannot be loaded shows now.
  if (asks(bundle)) await approvals.load();
  const walls = await proveWalls(parts.sandbox, program);
  const unavailable = unavailableTiers(program, walls);
  if (parts.requireTiers) requireAll(unavailable);
  const made: Enforced = {
    program,
    facts,
    approvals,
    ...memoriesUnder(program, state, before),
    walls,
    unavailable,
  };
  const { name, version } = bundle.policy;
  await audit.append(
    {
      type: "policy",
      at: clock.now(),
      policy: { name, digest: program.digest, ...(version === undefined ? {} : { version: String(version) }) },
      mode: "enforce",
      writ: VERSION,
    },
    { durable: true },
  );
  return made;
}

function asks({ rules, tiers }: Bundle): boolean {
  return (
    rules.some(({ kind }) => kind === "ask" || kind === "demand") || tiers.some(({ approve }) => approve !== undefined)
  );
}

function expectDigest(bundle: Bundle, expected: unknown): void {
  const copied = copyJson(bundle, BUNDLE_BOUNDS);
  const found = copied.ok ? digest(copied.value) : "none";
  if (found !== expected)
    throw new GuardError("policy_unexpected", `the policy's digest is ${found}, not ${String(expected)}`);
}

function readFacts(
  program: Program,
  given: { readonly [name: string]: FactFunction },
): ReadonlyMap<string, FactFunction> {
  const facts = new Map<string, FactFunction>();
  for (const [name, ask] of Object.entries(given)) {
    if (!program.facts.has(name) || typeof ask !== "function")
      throw new GuardError("misuse", `facts.${name} is not a function for a fact of the policy`);
    facts.set(name, ask);
  }
  const missing = [...program.facts.keys()].find((name) => !facts.has(name));
  if (missing !== undefined)
    throw new GuardError(
      "facts_missing",
      `the policy asks the fact ${missing}: createGuard({ facts: { ${missing}: async (...) => ... } })`,
    );
  return facts;
}

/** The tiers whose isolation was not proven. A tool may lack more than its tier does: its calls say so. */
function unavailableTiers(program: Program, walls: Walls): readonly Unavailable[] {
  const tiers = program.bundle.tiers.flatMap((tier) => {
    if (tier.isolate === "inline") return [];
    const proof = walls.proofs.find(({ isolation }) => isolation === tier.isolate);
    if (proof?.ok === true) return [];
    return {
      tier: tier.name,
      isolate: tier.isolate,
      why: proof?.why ?? "no sandbox is configured; calls that need this tier are refused",
      ...(proof?.remedy === undefined ? {} : { remedy: proof.remedy }),
    };
  });
  return [...tiers, ...program.bundle.tools.flatMap((tool) => unheldNetwork(program, walls, tool) ?? [])];
}

/** A function of the host can be held to no network, so a tool that has one of its own runs behind walls or not at all. */
function unheldNetwork(program: Program, walls: Walls, tool: Tool): Unavailable | undefined {
  const tier = program.tiers.get(tool.risk);
  if (tool.network === undefined || tier?.isolate !== "inline") return undefined;
  const placed = walls.place(tool.name, tier);
  if (placed.ok) return undefined;
  const { why, remedy } = placed;
  return { tier: tier.name, tool: tool.name, isolate: "inline", why, ...(remedy === undefined ? {} : { remedy }) };
}

function requireAll([first]: readonly Unavailable[]): void {
  if (first === undefined) return;
  const remedy = first.remedy === undefined ? "" : `; to have it: ${first.remedy}`;
  throw new GuardError(
    "tiers_unavailable",
    `tier ${first.tier} isolates in ${first.isolate}, which is not proven here: ${first.why}${remedy}`,
  );
}
