import type { Expression, Tier } from "@writ/ir";
import type { Attempt, CallContext } from "../call-context.js";
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
      : grantedFolders(verdict).map((path) => ({ path, mode: writes ? "write" : "read" }) as const);
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
  const within = (a: Folder, b: Folder): boolean =>
    a.path === b.path || a.path.startsWith(`${b.path.replace(/\/$/, "")}/`);
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

/** What the grants that allowed this call say their paths lie under. */
function grantedFolders({ matches, scope }: Verdict): readonly string[] {
  if (scope === undefined) return [];
  const folders = new Set<string>();
  for (const { rule, truth } of matches) {
    if (truth !== true || (rule.kind !== "allow" && rule.kind !== "ask") || rule.when === undefined) continue;
    for (const under of undersOf(rule.when)) {
      const path = valueOf(under, scope);
      if (typeof path === "string" && path.startsWith("/")) folders.add(path);
    }
  }
  return [...folders];
}

/** The right sides of what must hold: an `under` in an `or`, or after a `not`, admits nothing. */
function undersOf(node: Expression): readonly Expression[] {
  if (node.op === "and") return node.items.flatMap(undersOf);
  return node.op === "under" ? [node.right] : [];
}

/** Globs of paths that carry a label, by word of the policy, which this tool does not have. */
function hiddenFrom({ program }: CallContext, labels: readonly string[]): readonly string[] {
  const hidden = new Set<string>();
  for (const { labelsBy } of program.bundle.tools)
    for (const { glob, label } of labelsBy?.entries ?? []) if (!labels.includes(label)) hidden.add(glob);
  return [...hidden];
}
