import { loadPolicy } from "@writ/policy/node";
import { createReplayer, isIdentityFault, readTraces, type ReplayedRun, type Replayer } from "@writ/testing";
import { adaptiveAttacker } from "./adaptive.js";
import { readRecording } from "./agentdojo.js";
import { AgentsError } from "./agents-error.js";
import type { AgentsOptions } from "./options.js";
import { wasWrittenOn, type AgentSuite } from "./suites.js";
import { readWorld, UNKNOWN_WORLD, type World } from "./world.js";

/** All recorded runs, replayed. */
export interface All {
  readonly replayed: readonly ReplayedRun[];
  /** Runs of suites for which there is no policy. */
  readonly without: ReadonlyMap<string, number>;
  /** Lines that are no traces, and runs of nobody whom the policy knows. */
  readonly unread: readonly string[];
  /** By suite. */
  readonly replayers: ReadonlyMap<string, Replayer>;
}

/** Replays a file or a folder of recordings, each suite under its policy. Throws an {@link AgentsError} for a policy that is none. */
export async function replayAll(data: string, options: AgentsOptions): Promise<All> {
  const { world: worlds, suites, every, written, adaptive } = options;
  if (worlds === undefined)
    process.stdout.write("agents: no --world: facts that a host would answer fail, which asks and refuses more\n");
  const world = worlds === undefined ? UNKNOWN_WORLD : await readWorld(worlds);
  const replayers = new Map<string, Replayer>();
  const replayed: ReplayedRun[] = [];
  const without = new Map<string, number>();
  const unread: string[] = [];
  for await (const read of readTraces(data, readRecording)) {
    const place = `${read.file}:${read.line}`;
    if (!("trace" in read)) {
      const at = read.path === undefined ? "" : `${read.path}: `;
      unread.push(`${place}: ${read.code}: ${at}${read.message} (${read.help})`);
      continue;
    }
    const { trace } = read;
    const name = trace.suite ?? "";
    const suite = suites.get(name) ?? every;
    if (suite === undefined) {
      without.set(name, (without.get(name) ?? 0) + 1);
      continue;
    }
    if (written && !wasWrittenOn(suite, trace)) continue;
    const replayer = replayers.get(name) ?? (await replayerOf(suite, world));
    replayers.set(name, replayer);
    try {
      replayed.push(await replayer.replay(adaptive ? adaptiveAttacker(trace) : trace));
    } catch (error) {
      if (!isIdentityFault(error)) throw error;
      unread.push(`${place}: identity_invalid: ${error.message}`);
    }
  }
  return { replayed, without, unread, replayers };
}

/** What a policy that no guard starts with is, is said without a stack. */
async function replayerOf({ policy, user, approver }: AgentSuite, world: World): Promise<Replayer> {
  try {
    const { bundle } = await loadPolicy(policy);
    return await createReplayer({
      bundle,
      user,
      approvers: [approver],
      fact: (name, { suite = "" }) => world.fact(suite, name),
    });
  } catch (error) {
    throw new AgentsError(`${policy}: ${error instanceof Error ? error.message : "it cannot be used"}`);
  }
}
