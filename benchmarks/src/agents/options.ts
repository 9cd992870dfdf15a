import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Person } from "@writ/testing";
import { AgentsError } from "./agents-error.js";
import { AGENT_SUITES, OWNER, type AgentSuite } from "./suites.js";

export const AGENTS_USAGE = `npm run bench -- agents --traces FILE|DIR [options]   (or WRIT_AGENTS_DATA, _WORLD, _SCORE)
    --traces FILE|DIR           recorded runs: writ.trace/1 (docs/replay.md), or AgentDojo's own form; --data is the same
    --world WORLDS.json.gz      what the tools held before the runs: answers the facts that policies ask
    --score score_traces.py     also runs the scoring that came with the recordings
    --policy FILE               the policy for every run
    --policy SUITE=FILE         another policy for a suite, or one for a suite that has none here; any number of times
    --user CLAIMS               whose sessions they are, and who agrees, as JSON; by default {"id":"u-emma","groups":["owners"]}
    --adaptive                  an attacker who knows how policies label results
    --written                   only the runs that may be looked at while a policy is being written
    --show                      every call that was refused or asked about, with its rules`;

/** What the command was asked for. */
export interface AgentsOptions {
  /** Undefined: there is nothing to replay. */
  readonly data: string | undefined;
  readonly world: string | undefined;
  readonly scorer: string | undefined;
  readonly suites: ReadonlyMap<string, AgentSuite>;
  /** Where a policy is for every run. */
  readonly every: AgentSuite | undefined;
  readonly adaptive: boolean;
  readonly written: boolean;
  readonly show: boolean;
}

/** Reads the options of the command. Throws an {@link AgentsError} on one it does not know, and on a file that is not there. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): AgentsOptions {
  const values = parse(args);
  const data = values.traces ?? values.data ?? env["WRIT_AGENTS_DATA"];
  const world = values.world ?? env["WRIT_AGENTS_WORLD"];
  const scorer = values.score ?? env["WRIT_AGENTS_SCORE"];
  const user = personOf(values.user);
  const own = (values.policy ?? []).map((given) => policyOf(given, user));
  const every = own.find(([suite]) => suite === undefined)?.[1];
  const suites = new Map([
    ...[...(every === undefined ? AGENT_SUITES : [])].map(
      ([name, suite]) => [name, { ...suite, user, approver: user }] as const,
    ),
    ...own.flatMap(([suite, made]) => (suite === undefined ? [] : [[suite, made] as const])),
  ]);
  for (const file of [data, world, scorer, ...own.map(([, { policy }]) => policy)])
    if (file !== undefined && !existsSync(file)) throw new AgentsError(`there is no file ${file}`);
  const { adaptive = false, written = false, show = false } = values;
  return { data, world, scorer, suites, every, adaptive, written, show };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        traces: { type: "string" },
        data: { type: "string" },
        world: { type: "string" },
        score: { type: "string" },
        policy: { type: "string", multiple: true },
        user: { type: "string" },
        adaptive: { type: "boolean" },
        written: { type: "boolean" },
        show: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new AgentsError(
      `${error instanceof Error ? error.message : "the options cannot be read"}\n  ${AGENTS_USAGE}`,
    );
  }
}

/** The suite that a policy is for; undefined: it is for every run. */
function policyOf(given: string, user: Person): readonly [string | undefined, AgentSuite] {
  const at = given.indexOf("=");
  const writtenOn = { userTasks: [], injectionTasks: [] };
  const suite = { policy: given.slice(at + 1), user, approver: user, writtenOn };
  return [at < 1 ? undefined : given.slice(0, at), suite];
}

function personOf(given: string | undefined): Person {
  if (given === undefined) return OWNER;
  try {
    const claims: unknown = JSON.parse(given);
    if (isPerson(claims)) return claims;
  } catch {
    // said below
  }
  throw new AgentsError(`--user ${given}: it is a JSON object of claims with an id`);
}

function isPerson(claims: unknown): claims is Person {
  return typeof claims === "object" && claims !== null && "id" in claims && typeof claims.id === "string";
}
