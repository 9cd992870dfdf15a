import { readFile } from "node:fs/promises";

/** Settings that forbid user namespaces, the value by which they do, and the command that allows them. */
const SETTINGS = [
  ["/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"],
  ["/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"],
  ["/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces=15000"],
] as const;

/** The command that would let bubblewrap make its namespaces here, where a setting of the kernel forbids them. */
export async function namespaceRemedy(): Promise<string | undefined> {
  for (const [path, forbids, setting] of SETTINGS) {
    const value = await readFile(path, "utf8").catch(() => "");
    if (value.trim() === forbids) return `sudo sysctl -w ${setting}`;
  }
  return undefined;
}
