import type { WalledIsolation } from "@writ/runtime";

/** The version of this interface. A backend of another version is not used. */
export const BACKEND_VERSION = 1;

/**
 * A way to isolate programs on this machine: what CRI is to Kubernetes. A third party adds one by implementing this and
 * passing the sandbox suites of @writ/testing.
 */
export interface Backend {
  readonly version: typeof BACKEND_VERSION;
  /** What stands behind it: `bubblewrap`, `quickjs`, `docker`. It is in the record of every call that ran in it. */
  readonly name: string;
  readonly isolation: WalledIsolation;
  readonly capabilities: Capabilities;
  /** Tries from inside a sandbox what it holds on this machine. It never rejects, and ends within 30 s. */
  probe(): Promise<Probe>;
  /**
   * Starts one sandbox that no call has used, up to its `hello`. Rejects with a `SandboxError`; then nothing of it is left.
   *
   * @param wanted Where given, no call waits for it: it may be started with the processor time that others leave, until
   *   this resolves. It never rejects. A backend that cannot tell them apart starts it as any other.
   */
  start(profile: Profile, wanted?: Promise<void>): Promise<SandboxInstance>;
  /** Lets go of what the backend itself holds; its sandboxes are stopped before. */
  close(): Promise<void>;
}

/** What kind of program a sandbox can run. `module` is a bundled ES module; the others are text in that language. */
export type ProgramKind = "module" | "javascript" | "python" | "shell";

export interface Capabilities {
  readonly programs: readonly ProgramKind[];
  /** Why a kind is not among them on this machine, where it could be. */
  readonly lacking?:
    | { readonly [kind in ProgramKind]?: { readonly why: string; readonly remedy?: string | undefined } }
    | undefined;
  /** Whether folders of the host can be seen inside; without, files are reached through the broker alone. */
  readonly mounts: boolean;
}

/** What was found when the walls were tried. */
export type Probe =
  | {
      readonly ok: true;
      /** Names of what was tried from inside and held. */
      readonly proven: readonly ProvenFact[];
      readonly missing: readonly { readonly name: ProvenFact; readonly why: string }[];
    }
  | { readonly ok: false; readonly why: string; readonly remedy?: string | undefined };

/** What a probe can prove, by a program inside that tries to break it. */
export type ProvenFact =
  | "no-host-files"
  | "no-host-environment"
  | "no-host-processes"
  | "no-network"
  | "no-new-privileges"
  | "no-new-processes"
  | "system-calls-filtered"
  | "read-only-root"
  | "memory-limit"
  | "process-limit"
  | "time-limit"
  | "disk-limit"
  | "kernel-in-user-space";

/** What a sandbox is started with. Two calls of equal profiles may take their sandboxes from the same pool. */
export interface Profile {
  /** The kind of program that will run: a sandbox for a shell has more in it than one for JavaScript. */
  readonly program: ProgramKind;
  readonly limits: Limits;
  /** Empty where the backend has no mounts. */
  readonly mounts: readonly Mount[];
  /** The environment inside; nothing else of the host's is in it. */
  readonly env: { readonly [name: string]: string };
}

/** Every sandbox has all of them. */
export interface Limits {
  /** Wall time of a run, milliseconds. Everything of the run is gone within one second after it. */
  readonly time: number;
  /** Cores; a part of one is a share of its time. */
  readonly cpu: number;
  /** Bytes, of all processes of a sandbox together where the backend can count them. */
  readonly memory: number;
  readonly processes: number;
  /** Bytes of result, output and logs together that the host takes in. */
  readonly output: number;
  /** Bytes of files that the sandbox may write outside its mounts. */
  readonly disk: number;
}

/** What applies where a tier says nothing. */
export const DEFAULT_LIMITS: Limits = {
  time: 120_000,
  cpu: 1,
  memory: 128 * 1024 * 1024,
  processes: 16,
  output: 8 * 1024 * 1024,
  disk: 16 * 1024 * 1024,
};

/** A folder of the host as it is seen inside, under the same path. */
export interface Mount {
  /** Absolute, without symbolic links in it. */
  readonly path: string;
  readonly mode: "read" | "write";
  /** What is shown in its place: the folder of an overlay. Absent, the folder itself. */
  readonly from?: string | undefined;
  /** What lies below it and is not to be seen: a masked file reads as empty, a masked folder has nothing in it. */
  readonly masked?: readonly { readonly path: string; readonly kind: "file" | "folder" }[] | undefined;
}

/** What runs inside. Its text is trusted no more than what it was made from. */
export type Program =
  | { readonly kind: "module"; readonly source: string; readonly export: string }
  | { readonly kind: "javascript" | "python" | "shell"; readonly source: string };

/** One run in a sandbox. */
export interface Job {
  readonly program: Program;
  /** Any value that the codec takes. */
  readonly args: unknown;
  readonly limits: Limits;
  /** Ends the run at once. */
  readonly signal: AbortSignal;
  /** Answers what the program asks of the world. It never rejects. */
  readonly ask: (effect: string, args: unknown) => Promise<Answer>;
}

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** How a run ended. */
export type RunEnd =
  /** What the program gave. */
  | { readonly status: "done"; readonly value: unknown; readonly log: string }
  /** The program failed by itself; the words are its own, and hostile. */
  | { readonly status: "failed"; readonly name: string; readonly message: string; readonly log: string }
  /** The host, the kernel or a limit ended it; the words are Writ's. */
  | { readonly status: "ended"; readonly reason: EndReason; readonly message: string; readonly log: string };

export type EndReason = "timeout" | "aborted" | "memory" | "processes" | "output" | "violation" | "died";

/** A started sandbox, for one run and no second one. */
export interface SandboxInstance {
  readonly id: string;
  /** How long it took to start, milliseconds. */
  readonly bootMs: number;
  /** Resolves when it is gone, by whatever cause; a pool throws such a one away. */
  readonly gone: Promise<void>;
  /** Runs the job. It never rejects, and is called once: a second run is refused as `died`. */
  run(job: Job): Promise<RunEnd>;
  /** Ends it with everything it started; resolves when nothing of it is left. It never rejects, and may be called again. */
  stop(): Promise<void>;
}
