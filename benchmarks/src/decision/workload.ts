import { seeded, type Random } from "../random.js";
import { isAllowed, type Request, type Rule, type Workload } from "./rule.js";
import { kindOf } from "./tool-kinds.js";

/** Rules a tool has, in the spread workload. */
const RULES_PER_TOOL = 5;
/** Of ten forbids and permits of the one tool of the dense workload, one forbids. */
const FORBID_EVERY = 10;
/** Folders of the dense workload, so that many rules share one. */
const FOLDERS = 997;

export interface WorkloadOptions {
  readonly rules: number;
  readonly requests?: number;
  readonly seed?: number;
}

/** What names a workload: the same name gives the same rules and calls. */
export interface WorkloadName {
  readonly shape: Workload["shape"];
  readonly rules: number;
}

export function workloadOf({ shape, rules }: WorkloadName, requests = 10_000): Workload {
  return shape === "dense" ? denseWorkload({ rules, requests }) : spreadWorkload({ rules, requests });
}

/** Rules over a fifth as many tools of five kinds, drawn evenly; eight of ten calls are allowed. */
export function spreadWorkload({ rules, requests = 10_000, seed = 42 }: WorkloadOptions): Workload {
  const random = seeded(seed);
  const tools = Array.from({ length: Math.max(1, Math.round(rules / RULES_PER_TOOL)) }, (_, i) => ({
    name: `${kindOf(i).name}_tool_${i}`,
    params: kindOf(i).params,
  }));
  const all = tools.flatMap(({ name }, i) =>
    kindOf(i)
      .rules(i)
      .map(([effect, ...when], j): Rule => ({ id: `${name}_${j}`, tool: name, effect, when })),
  );
  return build("spread", tools, all, { requests, random }, (allowed) => {
    const i = random.below(tools.length);
    return { tool: tools[i]?.name ?? "", ...kindOf(i).draw(i, allowed, random) };
  });
}

/** All rules on one tool: what an agent with one big tool, or a policy generated from a directory, has. */
export function denseWorkload({ rules, requests = 10_000, seed = 7 }: WorkloadOptions): Workload {
  const random = seeded(seed);
  const tool = { name: "fs_open", params: { path: "Path", mode: "Id", size: "Int" } } as const;
  const all = Array.from({ length: rules }, (_, k) => denseRule(tool.name, k));
  return build("dense", [tool], all, { requests, random }, (allowed) => {
    const drawn = random.below(rules);
    const k = drawn % FORBID_EVERY === FORBID_EVERY - 1 ? drawn - 1 : drawn;
    const file = `src/mod${random.below(20)}/file${random.below(99)}.ts`;
    const args = { path: `/workspace/p${k % FOLDERS}/${file}`, mode: "r", size: 1 };
    const who = { tool: tool.name, user: `u${k}`, roles: ["dev"] };
    const turn = random.below(3);
    if (allowed) return { ...who, args };
    if (turn === 0) return { ...who, user: "nobody", args };
    const forbidden = k - (k % FORBID_EVERY) + FORBID_EVERY - 1;
    if (turn === 1)
      return { ...who, args: { ...args, path: `/workspace/p${forbidden % FOLDERS}/s${forbidden}/.secrets/key` } };
    return { ...who, args: { ...args, mode: "x" } };
  });
}

function denseRule(tool: string, k: number): Rule {
  const folder = `/workspace/p${k % FOLDERS}`;
  if (k % FORBID_EVERY === FORBID_EVERY - 1)
    return {
      id: `rule_${k}`,
      tool,
      effect: "forbid",
      when: [{ op: "under", field: "path", folder: `${folder}/s${k}/.secrets` }],
    };
  return {
    id: `rule_${k}`,
    tool,
    effect: "permit",
    when: [
      { op: "equal", field: "user", value: `u${k}` },
      { op: "under", field: "path", folder },
      { op: "oneOf", field: "mode", values: ["r", "rw"] },
    ],
  };
}

function build(
  shape: Workload["shape"],
  tools: Workload["tools"],
  rules: readonly Rule[],
  wanted: { readonly requests: number; readonly random: Random },
  draw: (allowed: boolean) => Request,
): Workload {
  const rulesOf = Map.groupBy(rules, ({ tool }) => tool);
  const drawn = Array.from({ length: wanted.requests }, (_, n) => {
    const allowed = n % 5 !== 0;
    // Drawn anew where a rule meant for others catches the call: the share of allowed calls is exact.
    for (;;) {
      const request = draw(allowed);
      if (isAllowed(rulesOf.get(request.tool) ?? [], request) === allowed) return { request, allowed };
    }
  });
  shuffle(drawn, wanted.random);
  return {
    shape,
    tools,
    rules,
    rulesOf,
    // Copied, as calls arrive: no text of theirs is the same object as a rule's.
    requests: drawn.map(({ request }) => structuredClone(request)),
    expected: drawn.map(({ allowed }) => allowed),
  };
}

function shuffle(items: unknown[], random: Random): void {
  for (let n = items.length - 1; n > 0; n -= 1) {
    const m = random.below(n + 1);
    [items[n], items[m]] = [items[m], items[n]];
  }
}
