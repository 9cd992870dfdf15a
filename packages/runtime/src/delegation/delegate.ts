import { digest, type Bundle, type Identity, type Json } from "@writ/ir";
import type { CallContext } from "../call/context.js";
import { GuardError } from "../errors.js";
import { loadProgram, type Program } from "../evaluate/program.js";
import { meaning } from "../flow/meaning.js";
import { SessionEnd } from "../gate/session-end.js";
import { bindIdentity } from "../identity/bound-identity.js";
import { claims } from "../identity/host-claims.js";
import { randomId } from "../random-id.js";
import { readBundle, type PolicySource } from "../enforce/read-bundle.js";
import { VERSION } from "../version.js";
import { agentChain, type Link } from "./chain.js";

/** To whom a session delegates, and by which further rules. */
export interface DelegateOptions {
  /** The claims of the other agent; `id` is required, and `chain` is Writ's to say. */
  readonly agent: { readonly id: string; readonly [claim: string]: Json };
  /**
   * A host's name for the task. The same agent gets the same session for it, also after a restart, so that what it did is
   * not done again; without one every delegation is another.
   */
  readonly task?: string;
  /**
   * A policy that decides every call of the delegate too. It can only narrow: its tools, types, labels and tiers are those
   * of the guard's policy, and it changes neither arguments nor results.
   */
  readonly policy?: PolicySource;
}

const MAX_DEPTH = 16;

/**
 * A session for another agent that acts for this one: every call is decided for every agent in its chain, and labels,
 * history, limits and approvals are those of the session at its head. Throws a {@link GuardError} `identity_invalid`,
 * `policy_invalid` or `misuse`.
 */
export async function delegated(context: CallContext, options: DelegateOptions): Promise<CallContext> {
  if (context.closed()) throw new GuardError("guard_closed", "the guard is closed");
  const identity = identityOf(context, options);
  const own = options.policy === undefined ? [] : [await narrowing(context, options.policy)];
  const others = (context.chain ?? []).flatMap(({ program }) => (program === context.program ? [] : [program]));
  const chain: readonly Link[] = [
    ...(context.chain ?? []),
    { identity: context.identity, program: context.program },
    ...[...new Set([...others, ...own])].map((program) => ({ identity, program })),
  ];
  const session = sessionId(context, identity, options.task);
  const { audit, state, clock } = context;
  for (const { bundle, digest: of } of own) {
    const { name, version } = bundle.policy;
    const policy = { name, digest: of, ...(version === undefined ? {} : { version: String(version) }) };
    await audit.append({ type: "policy", at: clock.now(), policy, mode: "enforce", writ: VERSION }, { durable: true });
  }
  await audit.append(
    { type: "session", at: clock.now(), session, identity, parent: context.session },
    { durable: true },
  );
  const ending = new SessionEnd({ state, audit, clock }, session, options.task !== undefined);
  if ((await ending.look()) !== undefined)
    throw new GuardError("session_ended", "the delegation of this task was ended; a new one needs another name");
  return {
    ...context,
    session,
    identity,
    chain,
    // It ends with the one it acts for, and can end before.
    end: { look: async () => (await context.end?.look()) ?? ending.look(), end: () => ending.end() },
  };
}

function identityOf({ program, identity, chain = [] }: CallContext, { agent }: DelegateOptions): Identity {
  const given = claims(program, "agent", agent);
  if (typeof given["id"] !== "string" || given["id"] === "")
    throw new GuardError("identity_invalid", "agent.id must be a text: to whom is delegated has to be known");
  if (Object.hasOwn(given, "chain"))
    throw new GuardError("identity_invalid", "agent.chain is made by Writ and cannot be given");
  if (typeof identity.agent["id"] !== "string" || identity.agent["id"] === "")
    throw new GuardError("identity_invalid", "the session that delegates has no agent.id: a chain begins with one");
  const before = agentChain(identity);
  if (before.length >= MAX_DEPTH || chain.length >= MAX_DEPTH * MAX_DEPTH)
    throw new GuardError("misuse", `a chain of agents has at most ${MAX_DEPTH} members`);
  return bindIdentity({ ...identity, agent: { ...given, chain: [...before, given["id"]] } });
}

/** The task's session is found again by whoever delegates the same task to the same agent from the same session. */
function sessionId(context: CallContext, identity: Identity, task: string | undefined): string {
  if (task === undefined) return randomId("s");
  if (typeof task !== "string" || task === "") throw new GuardError("misuse", "task of delegate is a text");
  return `s_${digest(["delegate", context.session, identity.agent, task]).slice("sha256:".length, 39)}`;
}

/** Loads a delegate's policy. What it says otherwise than the guard's could widen what a call may, or go unenforced. */
async function narrowing(context: CallContext, source: PolicySource): Promise<Program> {
  const { program } = context;
  const bundle = readBundle(source);
  const refuse = (why: string): never => {
    throw new GuardError("policy_invalid", `the policy of a delegate only decides: ${why}`);
  };
  const name = bundle.policy.name;
  const alike: readonly (keyof Bundle)[] = ["labels", "taint", "tiers", "types", "identity", "intents"];
  for (const part of alike)
    if (meaning(bundle[part]) !== meaning(program.bundle[part]))
      refuse(`its ${part} are to be those of ${program.bundle.policy.name}`);
  for (const tool of bundle.tools) {
    const theirs = program.bundle.tools.find((other) => other.name === tool.name);
    if (theirs === undefined || meaning(theirs) !== meaning(tool))
      refuse(`the tool ${tool.name} is declared otherwise than in ${program.bundle.policy.name}`);
  }
  if (bundle.rules.some((rule) => rule.kind === "output")) refuse("it has rules about results");
  if (bundle.rules.some((rule) => "transforms" in rule && (rule.transforms ?? []).length > 0))
    refuse("it has rules that change arguments");
  if (bundle.facts.length > 0 || bundle.params.length > 0) refuse("it has facts or params");
  const offset = program.bundle.sources.length;
  const rules = bundle.rules.map((rule) => {
    // Told apart from a rule of the guard's policy by its name, and from a place in its files by none.
    const [file, ...rest] = rule.at;
    return { ...rule, id: `${name}/${rule.id}`, at: [file + offset, ...rest] satisfies typeof rule.at };
  });
  const loaded = await loadProgram({ ...bundle, rules });
  if (loaded.flows && !program.flows) refuse("it looks at labels, and the guard's policy keeps none");
  return loaded;
}
