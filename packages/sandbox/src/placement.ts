import type { Placement, WalledIsolation } from "@writ/runtime";
import type { Isolation } from "@writ/ir";
import type { Backend, ProgramKind } from "./backend.js";
import { ISOLATIONS, type Machine } from "./machine.js";
import type { SandboxedTool } from "./tools.js";

/**
 * The lowest proven isolation that is high enough and that the tool can run in. Never one below what the tier asks for:
 * where there is none, the call is refused and told what is missing.
 */
export function placeTool(
  machine: Machine,
  name: string,
  tool: SandboxedTool | undefined,
  least: Isolation,
): Placement {
  if (tool === undefined)
    return {
      ok: false,
      why: `${name} is a function of the host, which no sandbox can run`,
      remedy: `sandboxes({ tools: { ${JSON.stringify(name)}: module(new URL("./tool.js", import.meta.url), "name") } })`,
    };
  const enough = least === "inline" ? ISOLATIONS : ISOLATIONS.slice(ISOLATIONS.indexOf(least));
  const allowed = enough.filter((isolation) => tool.in === undefined || tool.in.includes(isolation));
  if (allowed.length === 0)
    return { ok: false, why: `${name} is registered to run in ${tool.in?.join(", ") ?? "nothing"}, not in ${least}` };
  let first: { readonly why: string; readonly remedy?: string | undefined } | undefined;
  for (const isolation of allowed) {
    const proven = machine.proven(isolation);
    if (proven === undefined) {
      first ??= machine.missing(isolation);
      continue;
    }
    const { backend, proof } = proven;
    if (backend.capabilities.programs.includes(kindOf(tool)))
      return { ok: true, isolation, backend: backend.name, proven: proof.proven };
    first ??= cannotRun(backend, isolation, kindOf(tool));
  }
  return { ok: false, why: first?.why ?? `nothing here runs ${name}`, remedy: first?.remedy };
}

export function kindOf(tool: SandboxedTool): ProgramKind {
  return tool.kind === "module" ? "module" : tool.language;
}

function cannotRun(
  { name, capabilities }: Backend,
  isolation: WalledIsolation,
  kind: ProgramKind,
): { readonly why: string; readonly remedy?: string | undefined } {
  return capabilities.lacking?.[kind] ?? { why: `${name} (${isolation}) does not run ${kind} programs here` };
}
