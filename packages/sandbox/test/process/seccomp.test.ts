import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { OWN_PROCESS, seccompFilter } from "../../src/backends/process/seccomp.js";
import { deniedSyscalls, SYSCALL_NUMBERS, type SeccompArch } from "../../src/backends/process/syscall-numbers.js";

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003, arm: 0x40000028 };
const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const errno = (number: number): number => 0x00050000 | number;

/** What the kernel would answer: classic BPF as linux/filter.h has it, as far as the filter uses it. */
function answer(
  filter: Buffer,
  call: { nr: number; arch: number; flags?: number; second?: number; third?: number; fourth?: number },
): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.nr >>> 0, 0);
  data.writeUInt32LE(call.arch, 4);
  data.writeUInt32LE((call.flags ?? 0) >>> 0, 16);
  for (const [i, value] of [call.second, call.third, call.fourth].entries()) data.writeUInt32LE(value ?? 0, 24 + 8 * i);
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; at += 1) {
    const code = filter.readUInt16LE(at * 8);
    const [jt, jf, k] = [filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3), filter.readUInt32LE(at * 8 + 4)];
    if (code === 0x20) accumulator = data.readUInt32LE(k);
    else if (code === 0x06) return k;
    else {
      const holds =
        code === 0x15
          ? accumulator === k
          : code === 0x25
            ? accumulator > k
            : code === 0x45
              ? (accumulator & k) !== 0
              : undefined;
      if (holds === undefined) throw new Error(`an instruction ${code} that the filter does not use`);
      at += holds ? jt : jf;
    }
  }
  throw new Error("the filter has no end");
}

describe.each(["x64", "arm64"] as const)("the filter of %s", (arch: SeccompArch) => {
  const audit = AUDIT[arch];
  const [clone, socket, read, execve] = arch === "x64" ? [56, 41, 0, 59] : [220, 198, 63, 221];
  const noFork = seccompFilter(arch, { noFork: true });
  const forks = seccompFilter(arch, { noFork: false });

  test("refuses every call of its list, and lets ordinary ones through", () => {
    for (const { number } of deniedSyscalls(arch))
      for (const filter of [noFork, forks]) expect(answer(filter, { nr: number, arch: audit })).toBe(errno(1));
    for (const filter of [noFork, forks])
      for (const nr of [read, execve]) expect(answer(filter, { nr, arch: audit })).toBe(ALLOW);
  });

  test("ends the process at a call of another architecture", () => {
    for (const other of Object.values(AUDIT).filter((value) => value !== audit))
      expect(answer(forks, { nr: read, arch: other })).toBe(KILL);
    if (arch === "x64") expect(answer(forks, { nr: 0x40000000 | 165, arch: audit })).toBe(KILL);
  });

  test("gives no file its owner's identity, by any call that gives modes", () => {
    const { modes, opens, openat2 } = SYSCALL_NUMBERS[arch];
    const names = ["flags", "second", "third", "fourth"] as const;
    for (const [nr, at] of modes)
      for (const mode of [0o644, 0o1777, 0o4755, 0o2755, 0o6000]) {
        const call = { nr, arch: audit, [names[at] ?? "flags"]: mode };
        expect(answer(forks, call)).toBe((mode & 0o6000) === 0 ? ALLOW : errno(1));
      }
    for (const [nr, flags, mode] of opens)
      for (const [how, what, wanted] of [
        [0o100, 0o644, ALLOW],
        [0o100, 0o4755, errno(1)],
        [0o20200000, 0o2755, errno(1)],
        [0, 0o4755, ALLOW],
        [0o200000, 0xffffffff, ALLOW],
      ] as const)
        expect(answer(forks, { nr, arch: audit, [names[flags] ?? ""]: how, [names[mode] ?? ""]: what })).toBe(wanted);
    expect(answer(forks, { nr: openat2, arch: audit })).toBe(errno(38));
  });

  test("has no call that is newer than it, no clone3 and no socket", () => {
    for (const nr of [463, 467, 1000, 0x3fffffff, 0xffffffff].filter((n) => arch === "arm64" || (n & 0x40000000) === 0))
      expect(answer(forks, { nr, arch: audit })).toBe(errno(38));
    expect(answer(forks, { nr: 435, arch: audit })).toBe(errno(38));
    expect(answer(forks, { nr: socket, arch: audit })).toBe(errno(13));
  });

  test("makes threads but no processes where none may be made, and no namespaces ever", () => {
    const thread = 0x3d0f00;
    const fork = 0x01200011;
    expect(answer(noFork, { nr: clone, arch: audit, flags: thread })).toBe(ALLOW);
    expect(answer(noFork, { nr: clone, arch: audit, flags: fork })).toBe(errno(1));
    expect(answer(forks, { nr: clone, arch: audit, flags: fork })).toBe(ALLOW);
    for (const namespace of [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000])
      for (const filter of [noFork, forks])
        for (const flags of [thread, fork])
          expect(answer(filter, { nr: clone, arch: audit, flags: flags | namespace })).toBe(errno(1));
    if (arch === "x64") for (const nr of [57, 58]) expect(answer(noFork, { nr, arch: audit })).toBe(errno(1));
  });
});

describe.each(["x64", "arm64"] as const)("the filter of %s where namespaces are shared", (arch: SeccompArch) => {
  const filter = seccompFilter(arch, { noFork: true, shared: true });
  const { tgkill, prlimit64, fcntl, ioctl, prctl } = SYSCALL_NUMBERS[arch];
  const ask = (nr: number, flags = 0, second = 0): number => answer(filter, { nr, arch: AUDIT[arch], flags, second });

  test("refuses what reaches other processes, or files that are not opened", () => {
    for (const { number } of deniedSyscalls(arch, true)) expect(ask(number)).toBe(errno(1));
    expect(ask(tgkill, OWN_PROCESS)).toBe(ALLOW);
    for (const other of [1, OWN_PROCESS + 1, 0xffffffff]) expect(ask(tgkill, other)).toBe(errno(1));
    expect(ask(prlimit64, 0)).toBe(ALLOW);
    expect(ask(prlimit64, 1)).toBe(errno(1));
    expect(ask(prctl, 1)).toBe(errno(1));
    expect(ask(prctl, 38)).toBe(ALLOW);
    for (const command of [8, 10, 15]) expect(ask(fcntl, 3, command)).toBe(errno(1));
    expect(ask(fcntl, 8, 4)).toBe(ALLOW);
    for (const request of [0x8901, 0x8902, 0x5412, 0x541c]) expect(ask(ioctl, 0, request)).toBe(errno(1));
    expect(ask(ioctl, 0, 0x5451)).toBe(ALLOW);
  });
});

test.each([
  ["x64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"],
  ["arm64", "/usr/include/asm-generic/unistd.h"],
] as const)("the numbers of %s are those of the kernel's headers", async (arch, path) => {
  const headers = await readFile(path, "utf8").catch(() => "");
  const there = new Map([...headers.matchAll(/__NR(?:3264)?_(\w+)\s+(\d+)/g)].map(([, name, n]) => [name, Number(n)]));
  const listed = deniedSyscalls(arch, true).filter(({ name }) => there.has(name));
  expect(listed.map(({ name }) => [name, there.get(name)])).toEqual(listed.map(({ name, number }) => [name, number]));
});
