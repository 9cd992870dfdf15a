/** Architectures that a filter is made for, by Node's names. */
export type SeccompArch = "x64" | "arm64";

interface Numbers {
  /** Refused in every filter. */
  readonly denied: readonly number[];
  /** Make a process; refused where none may be made. */
  readonly fork: readonly number[];
  readonly clone: number;
  readonly clone3: number;
  readonly socket: number;
  /** Refused besides where namespaces are shared with the host. */
  readonly deniedWhereShared: readonly number[];
  /** Calls that give a file its mode, and which argument is the mode. */
  readonly modes: readonly (readonly [number: number, argument: number])[];
  /** Calls that make a file with a mode if their flags say so: the arguments of flags and mode. */
  readonly opens: readonly (readonly [number: number, flags: number, mode: number])[];
  readonly openat2: number;
  readonly tgkill: number;
  readonly prlimit64: number;
  readonly fcntl: number;
  readonly ioctl: number;
  readonly prctl: number;
  readonly openat: number;
  readonly seccomp: number;
}

/**
 * System calls that no program of a sandbox needs: they reach the kernel's configuration, other namespaces, other
 * processes' memory, keys, or much code of the kernel. Numbers of x86-64 (asm/unistd_64.h) and of arm64
 * (asm-generic/unistd.h); `undefined` where the architecture does not have it.
 */
const DENIED: readonly (readonly [name: string, x64: number, arm64: number | undefined])[] = [
  ["mount", 165, 40],
  ["umount2", 166, 39],
  ["pivot_root", 155, 41],
  ["chroot", 161, 51],
  ["ptrace", 101, 117],
  ["process_vm_readv", 310, 270],
  ["process_vm_writev", 311, 271],
  ["process_madvise", 440, 440],
  ["process_mrelease", 448, 448],
  ["bpf", 321, 280],
  ["perf_event_open", 298, 241],
  ["userfaultfd", 323, 282],
  ["keyctl", 250, 219],
  ["add_key", 248, 217],
  ["request_key", 249, 218],
  ["kexec_load", 246, 104],
  ["kexec_file_load", 320, 294],
  ["init_module", 175, 105],
  ["finit_module", 313, 273],
  ["delete_module", 176, 106],
  ["io_uring_setup", 425, 425],
  ["io_uring_enter", 426, 426],
  ["io_uring_register", 427, 427],
  ["unshare", 272, 97],
  ["setns", 308, 268],
  ["open_by_handle_at", 304, 265],
  ["name_to_handle_at", 303, 264],
  ["swapon", 167, 224],
  ["swapoff", 168, 225],
  ["reboot", 169, 142],
  ["acct", 163, 89],
  ["quotactl", 179, 60],
  ["quotactl_fd", 443, 443],
  ["fsopen", 430, 430],
  ["fsconfig", 431, 431],
  ["fsmount", 432, 432],
  ["fspick", 433, 433],
  ["move_mount", 429, 429],
  ["open_tree", 428, 428],
  ["mount_setattr", 442, 442],
  ["pidfd_getfd", 438, 438],
  ["kcmp", 312, 272],
  ["lookup_dcookie", 212, 18],
  ["personality", 135, 92],
  ["settimeofday", 164, 170],
  ["clock_settime", 227, 112],
  ["clock_adjtime", 305, 266],
  ["adjtimex", 159, 171],
  ["syslog", 103, 116],
  ["sethostname", 170, 161],
  ["setdomainname", 171, 162],
  ["vhangup", 153, 58],
  ["nfsservctl", 180, 42],
  ["fanotify_init", 300, 262],
  ["fanotify_mark", 301, 263],
  ["migrate_pages", 256, 238],
  ["move_pages", 279, 239],
  ["mbind", 237, 235],
  ["set_mempolicy", 238, 237],
  ["set_mempolicy_home_node", 450, 450],
  ["memfd_secret", 447, 447],
  ["iopl", 172, undefined],
  ["ioperm", 173, undefined],
  ["modify_ldt", 154, undefined],
  ["uselib", 134, undefined],
  ["ustat", 136, undefined],
  ["sysfs", 139, undefined],
  ["mknod", 133, undefined],
  ["mknodat", 259, 33],
  ["_sysctl", 156, undefined],
  ["create_module", 174, undefined],
  ["get_kernel_syms", 177, undefined],
  ["query_module", 178, undefined],
  ["statmount", 457, 457],
  ["listmount", 458, 458],
  ["lsm_set_self_attr", 460, 460],
];

/**
 * What is refused besides where a sandbox shares the host's namespaces: signals to others, what Landlock leaves open of
 * files that cannot be opened (their modes, owners, times, attributes, events), System V and POSIX queues and memory,
 * and what changes how others are scheduled.
 */
const DENIED_WHERE_SHARED: readonly (readonly [name: string, x64: number, arm64: number | undefined])[] = [
  ["kill", 62, 129],
  ["tkill", 200, 130],
  ["rt_sigqueueinfo", 129, 138],
  ["rt_tgsigqueueinfo", 297, 240],
  ["pidfd_send_signal", 424, 424],
  ["pidfd_open", 434, 434],
  ["chmod", 90, undefined],
  ["fchmod", 91, 52],
  ["fchmodat", 268, 53],
  ["chown", 92, undefined],
  ["fchown", 93, 55],
  ["lchown", 94, undefined],
  ["fchownat", 260, 54],
  ["setxattr", 188, 5],
  ["lsetxattr", 189, 6],
  ["fsetxattr", 190, 7],
  ["removexattr", 197, 14],
  ["lremovexattr", 198, 15],
  ["fremovexattr", 199, 16],
  ["utime", 132, undefined],
  ["utimes", 235, undefined],
  ["utimensat", 280, 88],
  ["futimesat", 261, undefined],
  ["inotify_init", 253, undefined],
  ["inotify_init1", 294, 26],
  ["inotify_add_watch", 254, 27],
  ["shmget", 29, 194],
  ["shmat", 30, 196],
  ["shmctl", 31, 195],
  ["shmdt", 67, 197],
  ["semget", 64, 190],
  ["semop", 65, 193],
  ["semtimedop", 220, 192],
  ["semctl", 66, 191],
  ["msgget", 68, 186],
  ["msgsnd", 69, 189],
  ["msgrcv", 70, 188],
  ["msgctl", 71, 187],
  ["mq_open", 240, 180],
  ["mq_unlink", 241, 181],
  ["mq_timedsend", 242, 182],
  ["mq_timedreceive", 243, 183],
  ["mq_notify", 244, 184],
  ["mq_getsetattr", 245, 185],
  ["setpriority", 141, 140],
  ["sched_setscheduler", 144, 119],
  ["sched_setparam", 142, 118],
  ["sched_setattr", 314, 274],
  ["sched_setaffinity", 203, 122],
  ["ioprio_set", 251, 30],
  ["setpgid", 109, 154],
  ["setsid", 112, 157],
  ["get_robust_list", 274, 100],
  ["fchmodat2", 452, 452],
];

/** The numbers of an architecture. */
export const SYSCALL_NUMBERS: Readonly<Record<SeccompArch, Numbers>> = {
  x64: {
    denied: DENIED.map(([, x64]) => x64),
    deniedWhereShared: DENIED_WHERE_SHARED.map(([, x64]) => x64),
    fork: [57, 58],
    clone: 56,
    clone3: 435,
    socket: 41,
    // chmod, fchmod, fchmodat, fchmodat2, creat; open, openat
    modes: [
      [90, 1],
      [91, 1],
      [268, 2],
      [452, 2],
      [85, 1],
    ],
    opens: [
      [2, 1, 2],
      [257, 2, 3],
    ],
    openat2: 437,
    tgkill: 234,
    prlimit64: 302,
    fcntl: 72,
    ioctl: 16,
    prctl: 157,
    openat: 257,
    seccomp: 317,
  },
  arm64: {
    denied: DENIED.flatMap(([, , arm64]) => (arm64 === undefined ? [] : [arm64])),
    deniedWhereShared: DENIED_WHERE_SHARED.flatMap(([, , arm64]) => (arm64 === undefined ? [] : [arm64])),
    fork: [],
    clone: 220,
    clone3: 435,
    socket: 198,
    // fchmod, fchmodat, fchmodat2; openat
    modes: [
      [52, 1],
      [53, 2],
      [452, 2],
    ],
    opens: [[56, 2, 3]],
    openat2: 437,
    tgkill: 131,
    prlimit64: 261,
    fcntl: 25,
    ioctl: 29,
    prctl: 167,
    openat: 56,
    seccomp: 277,
  },
};

/** The refused calls by name, for tests and for whoever asks what the filter does. */
export function deniedSyscalls(
  arch: SeccompArch,
  shared = false,
): readonly { readonly name: string; readonly number: number }[] {
  return (shared ? [...DENIED, ...DENIED_WHERE_SHARED] : DENIED).flatMap(([name, x64, arm64]) => {
    const number = arch === "x64" ? x64 : arm64;
    return number === undefined ? [] : [{ name, number }];
  });
}
