import { bundleExpressions, walk, type Bundle, type Expression } from "@writ/ir";

/** What the conditions of a policy ask of the history; nothing else is kept. */
export interface Watched {
  /** Tools that a `did` or an `unbroken by` names. */
  readonly tools: ReadonlySet<string>;
  /** Of those, the ones whose arguments a condition looks at, and whose results. */
  readonly args: ReadonlySet<string>;
  readonly results: ReadonlySet<string>;
}

/** What of a session's calls a policy needs to remember. */
export function watchedBy(bundle: Bundle): Watched {
  const tools = new Set<string>();
  const args = new Set<string>();
  const results = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.op !== "did") return;
    for (const name of [node.event.tool, ...node.event.unbroken]) tools.add(name);
    if (node.event.when === undefined) return;
    args.add(node.event.tool);
    walk(node.event.when, (inner) => {
      if (inner.op === "result") results.add(node.event.tool);
    });
  };
  for (const { node } of bundleExpressions(bundle)) walk(node, visit);
  return { tools, args, results };
}
