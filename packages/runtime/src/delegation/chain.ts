import type { Identity } from "@writ/ir";
import { decideFor, refusedInput, type Match, type Question, type Verdict } from "../evaluate/decide.js";
import { lowerOf } from "../evaluate/lower.js";
import { bindIdentity } from "../identity/bound-identity.js";
import type { Program, ToolProgram } from "../evaluate/program.js";

/** One more for whom, or by whose policy, every call of a session is decided. */
export interface Link {
  readonly identity: Identity;
  readonly program: Program;
}

/** What a chain's members decided, each in the scope it was decided in: limits are counted in each. */
export type Part = Pick<Verdict, "matches" | "scope">;

const NOBODY: readonly string[] = [];

/** The ids of the agents that a session acts for, the outermost first and its own last; empty where it has none. */
export function agentChain({ agent }: Identity): readonly string[] {
  const { id, chain } = agent;
  if (id === undefined && chain === undefined) return NOBODY;
  const ids = Array.isArray(chain) ? chain.filter((one) => typeof one === "string") : [];
  if (typeof id !== "string") return ids;
  return ids.at(-1) === id ? ids : [...ids, id];
}

/** Those who delegated to the agent of a session by word of its identity. Of them nothing is known but their ids. */
export function ancestors(program: Program, identity: Identity): readonly Link[] {
  const ids = agentChain(identity);
  return ids.slice(0, -1).map((id, i) => ({
    program,
    identity: bindIdentity({ ...identity, agent: { id, chain: ids.slice(0, i + 1) } }),
  }));
}

/**
 * Decides a call for the one who makes it and for everyone in its chain: the lowest decision holds, duties add up
 * (language.md section 5.9).
 */
export function decideForAll(
  program: Program,
  tool: ToolProgram,
  question: Omit<Question, "tool">,
  chain: readonly Link[],
): Verdict {
  const own = decideFor(program, tool, question);
  if (chain.length === 0 || own.decision.fault !== undefined) return own;
  const parts: Part[] = [own];
  let all: Verdict = own;
  for (const link of chain) {
    const part = decideLink(program, tool, question, link);
    if (part.decision.fault !== undefined) return part;
    parts.push(part);
    const { decision, matches, ...rest } = lowerOf(program, part, all);
    const rules = new Set(matches.map(({ rule }) => rule));
    // Rules of a delegate's own policy stand beside those of the guard's.
    all = { ...rest, decision, matches: [...matches, ...part.matches.filter(({ rule }) => !rules.has(rule))] };
  }
  return { ...all, parts };
}

/** The lower of two decisions of a chain on one call, before and after its arguments were changed. */
export function lowerOfAll(program: Program, first: Verdict, second: Verdict): Verdict {
  const lower = lowerOf(program, first, second);
  const [before, after] = [first.parts ?? [], second.parts ?? []];
  if (after.length === 0) return lower;
  const parts = after.map((part, i): Part => {
    const earlier = new Map(before[i]?.matches.map(({ rule, truth }) => [rule, truth]));
    const matches = part.matches.map(({ rule, truth }): Match => {
      const then = earlier.get(rule) ?? false;
      return { rule, truth: truth === false ? then : truth };
    });
    return part.scope === undefined ? { matches } : { scope: part.scope, matches };
  });
  return { ...lower, parts };
}

function decideLink(program: Program, tool: ToolProgram, question: Omit<Question, "tool">, link: Link): Verdict {
  const asked = { ...question, identity: link.identity };
  if (link.program === program) return decideFor(program, tool, asked);
  const theirs = tool === program.reply ? link.program.reply : link.program.byName.get(tool.tool.name);
  if (theirs !== undefined) return decideFor(link.program, theirs, asked);
  const { name } = link.program.bundle.policy;
  return refusedInput({
    path: "tool",
    code: "unknown_tool",
    message: `the delegate's policy ${name} does not declare this tool`,
  });
}

/** What the log says of a chain: nothing for an agent that acts by itself. */
export function recordedAgents(identity: Identity): { readonly agents?: readonly string[] } {
  const agents = agentChain(identity);
  return agents.length < 2 ? {} : { agents };
}
