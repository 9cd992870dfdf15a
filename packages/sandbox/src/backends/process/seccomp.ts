import { SYSCALL_NUMBERS, type SeccompArch } from "./syscall-numbers.js";

/** What a filter holds back, beside what it always does. */
export interface SeccompOptions {
  /** No new process at all; threads stay possible. */
  readonly noFork: boolean;
  /** It shares the host's namespaces: nothing may reach other processes of the same user. */
  readonly shared?: boolean | undefined;
}

/** Stands in a filter of a shared sandbox for the number of its own process, which its launcher puts in. */
export const OWN_PROCESS = 0x57524954;

/** S_ISUID and S_ISGID. */
const SET_ID = 0o6000;
/** O_CREAT and __O_TMPFILE: without these the mode of an open is whatever stands in the register. */
const MAKES_FILE = 0o100 | 0o20000000;
const PR_SET_PDEATHSIG = 1;
/** F_SETOWN, F_SETSIG and F_SETOWN_EX: a descriptor then signals another process. */
const FCNTL_SIGNALS = [8, 10, 15];
/** FIOSETOWN, SIOCSPGRP, TIOCSTI and TIOCLINUX: the same, and keys pressed on a terminal. */
const IOCTL_SIGNALS = [0x8901, 0x8902, 0x5412, 0x541c];

const AUDIT_ARCH: Readonly<Record<SeccompArch, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** The last system call that this filter was written against (mseal); what came later is not there. */
const NEWEST = 462;

const [EPERM, EACCES, ENOSYS] = [1, 13, 38];
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const errno = (number: number): number => 0x00050000 | number;

// Classic BPF, linux/bpf_common.h: LD|W|ABS, JMP|JEQ|K, JMP|JGT|K, JMP|JSET|K, RET|K.
const [LD, JEQ, JGT, JSET, RET] = [0x20, 0x15, 0x25, 0x45, 0x06];
// struct seccomp_data: nr, arch, instruction pointer (8 bytes), six arguments of 8 bytes, here little-endian.
const [NR, ARCH, ARGUMENT] = [0, 4, 16];

const CLONE_THREAD = 0x00010000;
/** All CLONE_NEW* flags that clone takes: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const CLONE_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;

/**
 * A seccomp filter as an array of `struct sock_filter` (seccomp(2), 8 bytes each), for bubblewrap's `--seccomp` or
 * `SECCOMP_SET_MODE_FILTER`. Calls of another architecture end the process; what opens up kernel, namespaces, other
 * processes or the network gives EPERM (EACCES for `socket`), and what is newer than the filter ENOSYS.
 */
export function seccompFilter(arch: SeccompArch, options: SeccompOptions): Buffer {
  const code = new Code();
  code.add(LD, ARCH).add(JEQ, AUDIT_ARCH[arch], 1, 0).add(RET, KILL_PROCESS).add(LD, NR);
  // The x32 calls of x86-64 have this bit; they would be other names for the same calls.
  if (arch === "x64") code.add(JSET, 0x40000000, 0, 1).add(RET, KILL_PROCESS);
  code.add(JGT, NEWEST, 0, 1).add(RET, errno(ENOSYS));
  const { denied, fork, clone, clone3, socket } = SYSCALL_NUMBERS[arch];
  for (const number of options.noFork ? [...denied, ...fork] : denied)
    code.add(JEQ, number, 0, 1).add(RET, errno(EPERM));
  // Its flags are in memory, where a filter cannot look: C libraries then use clone.
  code.add(JEQ, clone3, 0, 1).add(RET, errno(ENOSYS));
  code.add(JEQ, socket, 0, 1).add(RET, errno(EACCES));
  // Its arguments are in memory too.
  code.add(JEQ, SYSCALL_NUMBERS[arch].openat2, 0, 1).add(RET, errno(ENOSYS));
  addModes(code, arch, options.shared === true);
  if (options.shared === true) addShared(code, arch);
  if (options.noFork)
    code
      .add(JEQ, clone, 0, 5)
      .add(LD, ARGUMENT)
      .add(JSET, CLONE_THREAD, 0, 2)
      .add(JSET, CLONE_NAMESPACES, 1, 0)
      .add(RET, ALLOW)
      .add(RET, errno(EPERM));
  else
    code
      .add(JEQ, clone, 0, 4)
      .add(LD, ARGUMENT)
      .add(JSET, CLONE_NAMESPACES, 0, 1)
      .add(RET, errno(EPERM))
      .add(RET, ALLOW);
  return code.add(RET, ALLOW).bytes();
}

/** A file that takes its owner's identity when it is run, left in a folder of the host, would be the host's to run. */
function addModes(code: Code, arch: SeccompArch, shared: boolean): void {
  const { modes, opens } = SYSCALL_NUMBERS[arch];
  // Where namespaces are shared no mode is given at all.
  for (const [call, argument] of shared ? [] : modes)
    code
      .add(JEQ, call, 0, 4)
      .add(LD, ARGUMENT + 8 * argument)
      .add(JSET, SET_ID, 0, 1)
      .add(RET, errno(EPERM))
      .add(RET, ALLOW);
  for (const [call, flags, mode] of opens)
    code
      .add(JEQ, call, 0, 6)
      .add(LD, ARGUMENT + 8 * flags)
      .add(JSET, MAKES_FILE, 0, 3)
      .add(LD, ARGUMENT + 8 * mode)
      .add(JSET, SET_ID, 0, 1)
      .add(RET, errno(EPERM))
      .add(RET, ALLOW);
}

function addShared(code: Code, arch: SeccompArch): void {
  const { deniedWhereShared, tgkill, prlimit64, fcntl, ioctl, prctl } = SYSCALL_NUMBERS[arch];
  for (const number of deniedWhereShared) code.add(JEQ, number, 0, 1).add(RET, errno(EPERM));
  allowOnly(code, tgkill, 0, OWN_PROCESS);
  allowOnly(code, prlimit64, 0, 0);
  denyWhere(code, prctl, 0, [PR_SET_PDEATHSIG]);
  denyWhere(code, fcntl, 1, FCNTL_SIGNALS);
  denyWhere(code, ioctl, 1, IOCTL_SIGNALS);
}

function allowOnly(code: Code, call: number, argument: number, value: number): void {
  code
    .add(JEQ, call, 0, 4)
    .add(LD, ARGUMENT + 8 * argument)
    .add(JEQ, value, 0, 1)
    .add(RET, ALLOW)
    .add(RET, errno(EPERM));
}

function denyWhere(code: Code, call: number, argument: number, values: readonly number[]): void {
  code.add(JEQ, call, 0, values.length + 3).add(LD, ARGUMENT + 8 * argument);
  for (const [i, value] of values.entries()) code.add(JEQ, value, values.length - i, 0);
  code.add(RET, ALLOW).add(RET, errno(EPERM));
}

class Code {
  readonly #instructions: Buffer[] = [];

  /** @param ifTrue instructions to skip where the test holds; `ifFalse` where it does not */
  add(code: number, k: number, ifTrue = 0, ifFalse = 0): this {
    const instruction = Buffer.alloc(8);
    instruction.writeUInt16LE(code, 0);
    instruction.writeUInt8(ifTrue, 2);
    instruction.writeUInt8(ifFalse, 3);
    instruction.writeUInt32LE(k >>> 0, 4);
    this.#instructions.push(instruction);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#instructions);
  }
}
