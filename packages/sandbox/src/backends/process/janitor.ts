import { spawn } from "node:child_process";
import { Socket } from "node:net";

/**
 * Waits for the end of this process, however it ends, and then removes its control groups: a process that was killed
 * cannot. What is in them is gone by then or is ended here. Arguments: the prefix of their names, the folders they are in.
 */
const SWEEP = `PATH=/usr/bin:/bin; prefix=$1; shift; read -r _
i=0
while [ $i -lt 200 ]; do
  left=
  for base; do for group in "$base/$prefix"*; do
    [ -d "$group" ] || continue
    left=1
    while read -r pid; do kill -9 "$pid"; done <"$group/cgroup.procs"
  done; done
  [ -z "$left" ] && exit
  for base; do rmdir "$base/$prefix"* & done
  wait
  sleep 0.02
  i=$((i+1))
done`;

/** Starts the janitor of this process. It keeps no process alive, and costs one sleeping shell. */
export function startJanitor(prefix: string, bases: readonly string[]): void {
  const child = spawn("/bin/sh", ["-c", SWEEP, "writ-janitor", prefix, ...bases], {
    env: {},
    cwd: "/",
    // A session of its own: what ends the host's group does not end it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without it, the next host that starts here removes what is left.
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
}
