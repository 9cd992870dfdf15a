import { randomUUID } from "node:crypto";
import type { SandboxInstance } from "../../backend.js";
import { Conversation, type Death } from "../../protocol/conversation.js";
import { SandboxError } from "../../sandbox-error.js";
import { Behind } from "./behind.js";
import { boxCommand, landlockCommand, mostTasks, onlyJavaScript, type Box } from "./box.js";
import type { Group, Groups } from "./cgroup.js";
import { ChildLink, type Ending } from "./child.js";
import { deathOf } from "./death.js";
import { inheritedDescriptors } from "./descriptors.js";
import { seccompFilter } from "./seccomp.js";
import type { BoxKind, Toolbox } from "./toolbox.js";

/** How long a box may take to say hello, milliseconds; a busy machine takes a second. */
const BOOT_TIME = 15_000;

/** Who a box of root is outside, where it has nothing of the host mounted. */
const NOBODY = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];

/** Joins the groups that its first arguments name, then becomes the box: so that nothing of the box is outside them. */
const JOIN =
  'n=$1; shift; while [ $n -gt 0 ]; do echo $$ >"$1/cgroup.procs" || exit 97; shift; n=$((n-1)); done; exec "$@"';

/**
 * Makes the device nodes that bubblewrap takes from the host read-only, in a mount namespace of its own, then becomes the
 * box. They belong to root, and a box of root could change their modes for everybody; they can still be written to.
 */
const HOLD_DEVICES =
  'for name in null zero full random urandom tty; do mount --bind -o ro "/dev/$name" "/dev/$name" || exit 98; done; exec "$@"';

/** What boxes are made with here. */
export interface Machine {
  readonly kind: BoxKind;
  readonly toolbox: Toolbox;
  readonly groups: Groups | undefined;
}

/**
 * Starts one box, up to its `hello`. Rejects with a {@link SandboxError}; then nothing of it is left.
 *
 * @param wanted where given, no call waits for it until this resolves
 */
export async function startBox(machine: Machine, box: Box, wanted?: Promise<void>): Promise<SandboxInstance> {
  const { toolbox, groups } = machine;
  const { limits } = box;
  const began = performance.now();
  const dropped = toolbox.setpriv !== undefined && (machine.kind === "landlock" || box.mounts.length === 0);
  if (toolbox.root && !dropped && groups === undefined && !onlyJavaScript(box))
    // The kernel does not count the processes of root, so nothing would bound them.
    throw new SandboxError("not_proven", "as root, without control groups, nothing bounds the processes of a sandbox");
  const walls = wallsOf(machine, box, dropped);
  const command = dropped
    ? [toolbox.setpriv, ...NOBODY, ...walls]
    : toolbox.root
      ? ["/usr/bin/env", "PATH=/usr/bin:/bin", "unshare", "--mount", toolbox.sh, "-c", HOLD_DEVICES, "sh", ...walls]
      : walls;
  const inherited = await inheritedDescriptors(toolbox.sh).catch(notMade);
  const bounds = { memory: limits.memory, tasks: mostTasks(box), cpu: limits.cpu };
  const group = await groups?.make(bounds, wanted !== undefined).catch(notMade);
  const filter = seccompFilter(toolbox.arch, {
    noFork: onlyJavaScript(box),
    shared: machine.kind === "landlock",
  });
  let booted = false;
  const link = await spawnBox(joined(toolbox.sh, group, command), filter, inherited, group, async (ending) => {
    const counts = await group?.counts();
    await group?.remove();
    return deathOf(ending, counts, limits, booted);
  });
  const talk = new Conversation(link, limits.output);
  const late = setTimeout(() => link.kill(), BOOT_TIME);
  const behind = new Behind(group, wanted, () => link.kill());
  try {
    await talk.hello;
    booted = true;
    await behind.forward().catch(notMade);
  } catch (error) {
    await link.gone;
    throw error;
  } finally {
    clearTimeout(late);
    behind.over();
  }
  link.hold(false);
  return {
    id: randomUUID(),
    bootMs: performance.now() - began,
    gone: link.gone,
    run: async (job) => {
      const end = talk.run(job);
      link.hold(true);
      return await end;
    },
    stop: async () => {
      link.hold(true);
      link.kill();
      await link.gone;
    },
  };
}

function notMade(error: unknown): never {
  const why = error instanceof Error ? error.message : "unknown";
  throw new SandboxError("boot_failed", `a box could not be made: ${why}`);
}

function wallsOf({ kind, toolbox }: Machine, box: Box, dropped: boolean): readonly string[] {
  if (kind === "bubblewrap") return boxCommand(toolbox, box);
  if (toolbox.root && !dropped)
    throw new SandboxError("not_proven", "as root, a box of Landlock must run as nobody, and cannot here");
  return landlockCommand(toolbox, box, process.pid);
}

async function spawnBox(
  command: readonly string[],
  filter: Buffer,
  inherited: readonly number[],
  group: Group | undefined,
  explain: (ending: Ending) => Promise<Death>,
): Promise<ChildLink> {
  try {
    return new ChildLink(command, filter, inherited, explain);
  } catch (error) {
    await group?.remove();
    return notMade(error);
  }
}

function joined(sh: string, group: Group | undefined, command: readonly string[]): readonly string[] {
  if (group === undefined) return command;
  return [sh, "-c", JOIN, "sh", String(group.folders.length), ...group.folders, ...command];
}
