import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Probe } from "../../src/backend.js";
import { bubblewrap } from "../../src/backends/process/process-backend.js";
import { systemTool } from "../../src/backends/process/machine.js";

let folder: string;
let real: string | undefined;
let probe: Probe;

beforeAll(async () => {
  probe = await bubblewrap().probe();
  real = await systemTool("bwrap");
  folder = await mkdtemp(join(tmpdir(), "writ-weak-"));
  await chmod(folder, 0o755);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!probe.ok) context.skip(`process tier: ${probe.why}`);
});

/** A bubblewrap that changes its options first: `cases` are those of a shell, which `shift` what they leave out. */
async function weakened(name: string, cases: string): Promise<string> {
  const path = join(folder, name);
  const script = `#!/bin/sh
n=$#
while [ $n -gt 0 ]; do
  option=$1; shift; n=$((n-1))
  case "$option" in
    ${cases}
  esac
  set -- "$@" "$option"
done
exec ${real} "$@"
`;
  await writeFile(path, script, { mode: 0o755 });
  return path;
}

const NO_FILTER = "--seccomp) shift; n=$((n-1)); continue;;";

test.each([
  // A datagram to its own loopback is enough to be found out.
  ["the filter", NO_FILTER, /does not hold no-(network|new-processes) here/],
  [
    "the filter and the network namespace",
    `${NO_FILTER} --unshare-all) set -- "$@" --unshare-all --share-net; continue;;`,
    /does not hold no-network here/,
  ],
  ["an empty /etc", '--chdir) set -- "$@" --ro-bind /etc /etc;;', /does not hold no-host-files here/],
  ["an empty environment", '--hostname) set -- "$@" --setenv SECRET x;;', /does not hold no-host-environment here/],
  [
    "a /proc of its own",
    '--proc) set -- "$@" --ro-bind /proc /proc; shift; n=$((n-1)); continue;;',
    /does not hold no-host-processes here/,
  ],
  ["read-only remounts", "--remount-ro) shift; n=$((n-1)); continue;;", /does not hold read-only-root here/],
  // Where a control group counts /tmp as memory, that ends the program first.
  ["the size of /tmp", "--size) shift; n=$((n-1)); continue;;", /does not hold disk-limit here|bytes of memory/],
])("lesson 14: nothing is claimed without %s", async (name, cases, words) => {
  const weak = bubblewrap({ bwrap: await weakened(name.replaceAll(/\W/g, ""), cases), permissionModel: false });
  const found = await weak.probe();
  expect(found).toMatchObject({ ok: false });
  expect(found.ok ? "" : found.why).toMatch(words);
});

test("lesson 14: memory-limit and process-limit are not claimed without limits", async () => {
  const unlimited = await weakened("unlimited", "--data=*|--nproc=*) continue;;");
  const found = await bubblewrap({ bwrap: unlimited, groups: false }).probe();
  expect(found).toMatchObject({ ok: false });
  expect(found.ok ? "" : found.why).toMatch(/does not hold (memory|process)-limit here/);
});
