import type { Expression, Tier } from "@writ/ir";
import type { Attempt, CallContext } from "../call/context.js";
import type { Verdict } from "../evaluate/decide.js";
import { valueOf } from "../evaluate/evaluate.js";
import type { CallMount, CallTier } from "../ports/sandbox.js";

/** The tier as this call has it: its tool's own network, and the folders that it may see. */
export function callTier(context: CallContext, attempt: Attempt, tier: Tier): CallTier {
  const { verdict } = attempt;
  const tool = verdict.tool?.tool;
  const hidden = hiddenFrom(context, tool?.labels ?? []);
  const writes =
    tool?.effects.some((effect) => effect === "write" || effect === "delete" || effect === "exec") === true;
  const said = [...tier.read.map((glob) => mountOf(glob, "read")), ...tier.write.map((glob) => mountOf(glob, "write"))];
  const found =
    said.length > 0
      ? said
      : grantedToAll(context, verdict).map((path) => ({ path, mode: writes ? "write" : "read" }) as const);
  return {
    ...tier,
    network: tool?.network ?? tier.network,
    mounts: widest(found).map(({ path, mode }): CallMount => ({ path, mode, hidden })),
  };
}

type Folder = Omit<CallMount, "hidden">;

/** The folder that a glob lies in: what stands before its first wildcard. */
function mountOf(glob: string, mode: CallMount["mode"]): Folder {
  const parts = glob.split("/");
  const wild = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  const path = wild === -1 ? glob : parts.slice(0, wild).join("/");
  return { path: path === "" ? "/" : path, mode };
}

/** Of folders within folders the outermost of each mode; one that may be written is not also shown to be read. */
function widest(folders: readonly Folder[]): readonly Folder[] {
  const within = (a: Folder, b: Folder): boolean => isWithin(a.path, b.path);
  return folders.filter(
    (folder, at) =>
      !folders.some(
        (other, i) =>
          i !== at &&
          within(folder, other) &&
          (folder.mode === other.mode || other.mode === "write") &&
          !(within(other, folder) && folder.mode === other.mode && i > at),
      ),
  );
}

/** The folders that the grants of everyone in the chain admit: an agent is shown nothing that one it acts for is not. */
function grantedToAll({ chain = [] }: CallContext, verdict: Verdict): readonly string[] {
  if (chain.length > 0 && verdict.parts === undefined) return [];
  const [first = [], ...others] = (verdict.parts ?? [verdict]).map(grantedFolders);
  return others.reduce(commonFolders, first);
}

/** What lies in both: of two folders within each other the inner one. */
function commonFolders(some: readonly string[], others: readonly string[]): readonly string[] {
  return some.flatMap((a) => others.flatMap((b) => (isWithin(a, b) ? [a] : isWithin(b, a) ? [b] : [])));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder.replace(/\/$/, "")}/`);
}

/** What the grants that allowed this call say their paths lie under. */
function grantedFolders({ matches, scope }: Pick<Verdict, "matches" | "scope">): readonly string[] {
  if (scope === undefined) return [];
  const folders = new Set<string>();
  for (const { rule, truth } of matches) {
    if (truth !== true || (rule.kind !== "allow" && rule.kind !== "ask") || rule.when === undefined) continue;
    const byArgument = new Map<string, readonly string[]>();
    for (const { left, right } of undersOf(rule.when)) {
      const path = valueOf(right, scope);
      if (typeof path !== "string" || !path.startsWith("/")) continue;
      const of = left.op === "arg" ? left.name : "";
      const before = byArgument.get(of);
      // What one grant says twice of an argument narrows it.
      byArgument.set(of, before === undefined ? [path] : commonFolders(before, [path]));
    }
    for (const path of [...byArgument.values()].flat()) folders.add(path);
  }
  return [...folders];
}

type Under = Extract<Expression, { op: "under" }>;

/** What must hold: an `under` in an `or`, or after a `not`, admits nothing. */
function undersOf(node: Expression): readonly Under[] {
  if (node.op === "and") return node.items.flatMap(undersOf);
  return node.op === "under" ? [node] : [];
}

/** Globs of paths that carry a label, by word of the policy, which this tool does not have. */
function hiddenFrom({ program }: CallContext, labels: readonly string[]): readonly string[] {
  const hidden = new Set<string>();
  for (const { labelsBy } of program.bundle.tools)
    for (const { glob, label } of labelsBy?.entries ?? []) if (!labels.includes(label)) hidden.add(glob);
  return [...hidden];
}
