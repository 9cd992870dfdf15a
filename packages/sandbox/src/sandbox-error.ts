/** Codes of {@link SandboxError}. */
export type SandboxErrorCode =
  | "boot_failed"
  | "pool_exhausted"
  | "pool_closed"
  | "aborted"
  | "not_proven"
  | "not_registered"
  | "bad_option"
  | "bad_module"
  | "bad_workspace"
  | "bad_value"
  | "image_failed";

/** A sandbox could not be had, or what was asked of it makes no sense. Nothing ran. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
