import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_LIMITS, type Mount, type Profile } from "../../src/backend.js";
import { createOptions } from "../../src/backends/container/create-options.js";

const making = {
  image: "localhost/x:1",
  hostId: "1:b:2:3:4",
  runtime: undefined,
  gvisor: false,
  engine: "docker" as const,
  rootless: false,
};
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "writ-options-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function profile(more: Partial<Profile> = {}): Profile {
  return { program: "javascript", limits: DEFAULT_LIMITS, mounts: [], env: {}, ...more };
}

test("every container is told all that its walls are made of", async () => {
  const { User, Env, NetworkDisabled, Tty, Privileged, HostConfig } = {
    Privileged: false,
    ...(await createOptions(profile({ env: { A: "b" } }), making)),
  };
  expect({ User, Env, NetworkDisabled, Tty, Privileged }).toEqual({
    User: "65534:65534",
    Env: ["A=b"],
    NetworkDisabled: true,
    Tty: false,
    Privileged: false,
  });
  expect(HostConfig).toMatchObject({
    NetworkMode: "none",
    IpcMode: "none",
    CgroupnsMode: "private",
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    CapAdd: [],
    Privileged: false,
    SecurityOpt: ["no-new-privileges"],
    Memory: DEFAULT_LIMITS.memory,
    MemorySwap: DEFAULT_LIMITS.memory,
    NanoCpus: 1e9,
    LogConfig: { Type: "none" },
    RestartPolicy: { Name: "no" },
    Mounts: [],
  });
  expect(HostConfig.Tmpfs?.["/tmp"]).toContain("noexec");
  expect(HostConfig.Tmpfs?.["/tmp"]).toContain(`size=${DEFAULT_LIMITS.disk}`);
  expect(HostConfig.Binds).toBeUndefined();
  expect(HostConfig.Devices).toBeUndefined();
});

test("processes are bounded for every kind of program; gVisor has room for its own kernel", async () => {
  for (const program of ["javascript", "module", "shell", "python"] as const) {
    const { HostConfig } = await createOptions(profile({ program }), making);
    expect(HostConfig.PidsLimit).toBeLessThanOrEqual(DEFAULT_LIMITS.processes + 16);
  }
  const { HostConfig } = await createOptions(profile(), { ...making, gvisor: true, runtime: "runsc" });
  expect(HostConfig).toMatchObject({ Runtime: "runsc", PidsLimit: 160 });
});

test("folders are bound privately, without what else is mounted below them; what is masked is covered", async () => {
  const mounts: Mount[] = [
    {
      path: folder,
      mode: "read",
      masked: [
        { path: `${folder}/secret`, kind: "file" },
        { path: `${folder}/keys`, kind: "folder" },
      ],
    },
  ];
  const { HostConfig } = await createOptions(profile({ mounts }), making);
  const BindOptions = { Propagation: "private", NonRecursive: true };
  expect(HostConfig.Mounts).toEqual([
    { Type: "bind", Source: folder, Target: folder, ReadOnly: true, BindOptions },
    { Type: "bind", Source: "/dev/null", Target: `${folder}/secret`, ReadOnly: true, BindOptions },
  ]);
  expect(HostConfig.Tmpfs?.[`${folder}/keys`]).toContain("ro,");
  const podman = await createOptions(profile({ mounts }), { ...making, engine: "podman" });
  expect(podman.HostConfig.Tmpfs?.[`${folder}/keys`], "else it is filled with what it covers").toContain("notmpcopyup");
});

test.each(["/", "relative", "/a/../b", ""])("the mount %j is refused", async (path) => {
  await expect(createOptions(profile({ mounts: [{ path, mode: "read" }] }), making)).rejects.toMatchObject({
    code: "bad_option",
  });
});

test.each([[{ "A=B": "c" }], [{ "": "c" }], [{ A: "b\0C=d" }]])("the environment %j is refused", async (env) => {
  await expect(createOptions(profile({ env }), making)).rejects.toMatchObject({ code: "bad_option" });
});

test("an engine without root is given no folder to write", async () => {
  const rootless = { ...making, rootless: true };
  const mounts: Mount[] = [{ path: folder, mode: "write" }];
  await expect(createOptions(profile({ mounts }), rootless)).rejects.toThrow("an engine without root");
  expect((await createOptions(profile(), rootless)).User).toBe("65534:65534");
});

test("the owner of a folder writes to it, and root is never inside", async (context) => {
  if (process.getuid?.() !== 0) context.skip("giving a folder to others needs root");
  const make = (uid: number, gid: number, mode = 0o700): string => {
    const made = mkdtempSync(join(folder, "mount-"));
    chownSync(made, uid, gid);
    chmodSync(made, mode);
    return made;
  };
  const [root, one, other, open] = [make(0, 0), make(1500, 0), make(1501, 1501), make(0, 0, 0o777)];
  const writing = async (...paths: string[]): Promise<string | undefined> =>
    (await createOptions(profile({ mounts: paths.map((path) => ({ path, mode: "write" as const })) }), making)).User;
  await expect(writing(root)).rejects.toThrow("belongs to root");
  await expect(writing(one, other)).rejects.toThrow("different users");
  await expect(writing(`${root}/none`)).rejects.toThrow("there is no folder");
  expect(await writing(one)).toBe("1500:65534");
  expect(await writing(open)).toBe("65534:65534");
  expect((await createOptions(profile({ mounts: [{ path: root, mode: "read" }] }), making)).User).toBe("65534:65534");
});
