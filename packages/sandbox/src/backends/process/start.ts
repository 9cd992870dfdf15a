import { randomUUID } from "node:crypto";
import type { Limits, SandboxInstance } from "../../backend.js";
import { Conversation } from "../../protocol/conversation.js";
import { SandboxError } from "../../sandbox-error.js";
import { boxCommand, mostTasks, onlyJavaScript, type Box } from "./box.js";
import type { Group, Groups } from "./cgroup.js";
import { ChildLink } from "./child.js";
import { deathOf } from "./death.js";
import { inheritedDescriptors } from "./descriptors.js";
import { seccompFilter } from "./seccomp.js";
import type { Toolbox } from "./toolbox.js";

/** How long a box may take to say hello, milliseconds; a busy machine takes a second. */
const BOOT_TIME = 15_000;

/** Who a box of root is outside, where it has nothing of the host mounted. */
const NOBODY = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];

/** Joins the groups that its first arguments name, then becomes the box: so that nothing of the box is outside them. */
const JOIN =
  'n=$1; shift; while [ $n -gt 0 ]; do echo $$ >"$1/cgroup.procs" || exit 97; shift; n=$((n-1)); done; exec "$@"';

/** What boxes are made with here. */
export interface Machine {
  readonly toolbox: Toolbox;
  readonly groups: Groups | undefined;
}

/** Starts one box, up to its `hello`. Rejects with a {@link SandboxError}; then nothing of it is left. */
export async function startBox({ toolbox, groups }: Machine, box: Box): Promise<SandboxInstance> {
  const { limits } = box;
  const began = performance.now();
  const dropped = toolbox.setpriv !== undefined && box.mounts.length === 0;
  if (toolbox.root && !dropped && groups === undefined && !onlyJavaScript(box))
    // The kernel does not count the processes of root, so nothing would bound them.
    throw new SandboxError("not_proven", "as root, without control groups, nothing bounds the processes of a sandbox");
  const command = [...(dropped ? [toolbox.setpriv, ...NOBODY] : []), ...boxCommand(toolbox, box)];
  const inherited = await inheritedDescriptors(toolbox.sh);
  const group = await groups?.make({ memory: limits.memory, tasks: mostTasks(box), cpu: limits.cpu });
  const filter = seccompFilter(toolbox.arch, { noFork: onlyJavaScript(box) });
  const link = await spawnBox(joined(toolbox.sh, group, command), filter, inherited, group, limits);
  const talk = new Conversation(link, limits.output);
  const late = setTimeout(() => link.kill(), BOOT_TIME);
  try {
    await talk.hello;
  } catch (error) {
    await link.gone;
    throw error;
  } finally {
    clearTimeout(late);
  }
  link.hold(false);
  return {
    id: randomUUID(),
    bootMs: performance.now() - began,
    gone: link.gone,
    run: async (job) => {
      link.hold(true);
      return await talk.run(job);
    },
    stop: async () => {
      link.hold(true);
      link.kill();
      await link.gone;
    },
  };
}

async function spawnBox(
  command: readonly string[],
  filter: Buffer,
  inherited: readonly number[],
  group: Group | undefined,
  limits: Limits,
): Promise<ChildLink> {
  try {
    return new ChildLink(command, filter, inherited, async (ending) => {
      const counts = await group?.counts();
      await group?.remove();
      return deathOf(ending, counts, limits);
    });
  } catch (error) {
    await group?.remove();
    const why = error instanceof Error ? error.message : "unknown";
    throw new SandboxError("boot_failed", `no process could be started: ${why}`);
  }
}

function joined(sh: string, group: Group | undefined, command: readonly string[]): readonly string[] {
  if (group === undefined) return command;
  return [sh, "-c", JOIN, "sh", String(group.folders.length), ...group.folders, ...command];
}
