import type { Isolation, Json, Tier } from "@writ/ir";

/** An isolation with walls. `inline` has none: it is mediation only, and needs no sandbox. */
export type WalledIsolation = Exclude<Isolation, "inline">;

/** What a machine holds of an isolation, as tried on this machine and not as configured. */
export type IsolationProof =
  | {
      readonly isolation: WalledIsolation;
      readonly ok: true;
      /** What stands behind it: `bubblewrap`, `quickjs`, `docker`. */
      readonly backend: string;
      /** What was tried from inside and found to hold, as short names: `no-network`, `memory-limit`. */
      readonly proven: readonly string[];
      /** What was tried and does not hold here, with its reason. */
      readonly missing: readonly { readonly name: string; readonly why: string }[];
    }
  | {
      readonly isolation: WalledIsolation;
      readonly ok: false;
      readonly why: string;
      /** The one command that would provide it; absent where none would. */
      readonly remedy?: string | undefined;
    };

/** Where a call would run. */
export type Placement =
  | {
      readonly ok: true;
      readonly isolation: WalledIsolation;
      readonly backend: string;
      readonly proven: readonly string[];
    }
  | { readonly ok: false; readonly why: string; readonly remedy?: string | undefined };

/** A tier as a call has it: with its tool's own network, its parameters filled in and its mounts named. */
export interface CallTier extends Tier {
  /** What of the host's files the call may see; the tier's `read` and `write` globs narrow it. */
  readonly mounts: readonly CallMount[];
}

/** A folder of the host that a call may see. */
export interface CallMount {
  /** Absolute and canonical. */
  readonly path: string;
  readonly mode: "read" | "write";
  /** Globs of paths below it whose labels the tool does not have: they are not there for the call. */
  readonly hidden: readonly string[];
}

/** What a program in a sandbox asks of the world, as a call of a tool that a policy can name. */
export interface NestedCall {
  /** `net.fetch`, `fs.read`, `fs.write`, `fs.list`, `fs.remove`. */
  readonly tool: string;
  readonly args: Json;
}

/** What became of a nested call. The message is fit for the program that asked. */
export type NestedOutcome =
  | { readonly ok: true; readonly result: Json }
  | { readonly ok: false; readonly message: string };

/**
 * Decides and records a nested call, and runs it where it is granted: `perform` is called at most once, with the
 * canonical arguments, after the intent is on record. It never rejects.
 */
export type Nested = (
  call: NestedCall,
  perform: (args: Json, signal: AbortSignal) => Promise<Json>,
) => Promise<NestedOutcome>;

/** One call to be run behind walls. */
export interface SandboxCall {
  /** Writ's id of the call. */
  readonly call: string;
  /** The policy's name of the tool. */
  readonly tool: string;
  /** The canonical arguments. */
  readonly args: Json;
  readonly tier: CallTier;
  /** Where {@link Sandbox.place} put it: it runs there and nowhere else. */
  readonly isolation: WalledIsolation;
  /** Fires when the call is aborted; everything of it is then ended. */
  readonly signal: AbortSignal;
  readonly nested: Nested;
}

/** How a run behind walls ended. `kind` is a short word for the record and holds nothing of the program's. */
export type SandboxEnd =
  | { readonly status: "done"; readonly result: unknown; readonly changes?: readonly WorkspaceChange[] | undefined }
  | { readonly status: "failed" | "timeout" | "aborted"; readonly error: string; readonly kind: string };

/** A change that a run made on its copy of a workspace, before it is kept. */
export interface WorkspaceChange {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
}

/** Runs calls in isolation. Implemented by `sandboxes()` of @writ/sandbox. */
export interface Sandbox {
  /** Tries, from inside, what each of these holds on this machine; asked again it tells what it found. */
  prove(isolations: readonly WalledIsolation[]): Promise<readonly IsolationProof[]>;
  /**
   * Where a call of this tool runs under this tier: in the lowest isolation that is proven, at least as high as the
   * tier's, and one that the tool can run in. Asked after {@link prove}; without effects.
   */
  place(tool: string, tier: Tier): Placement;
  /** Runs it; rejects only where it could not be begun, and then nothing of it ran. */
  run(call: SandboxCall): Promise<SandboxEnd>;
  /** Ends everything that runs or is kept ready. */
  close(): Promise<void>;
}
