import { walk, type Expression } from "@writ/ir";

/** What the conditions of a policy ask of the history; nothing else is kept. */
export interface Watched {
  /** Tools that a `did` or an `unbroken by` names. */
  readonly tools: ReadonlySet<string>;
  /** Of those, the ones whose arguments a condition looks at, and whose results. */
  readonly args: ReadonlySet<string>;
  readonly results: ReadonlySet<string>;
}

/** What of a session's calls a policy needs to remember, by every place that asks for it. */
export function watchedBy(dids: readonly Extract<Expression, { op: "did" }>[]): Watched {
  const tools = new Set<string>();
  const args = new Set<string>();
  const results = new Set<string>();
  for (const { event } of dids) {
    for (const name of [event.tool, ...event.unbroken]) tools.add(name);
    if (event.when === undefined) continue;
    args.add(event.tool);
    walk(event.when, (inner) => {
      if (inner.op === "result") results.add(event.tool);
    });
  }
  return { tools, args, results };
}
