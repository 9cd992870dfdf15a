import { AuditError } from "../audit/audit-error.js";
import { StateError } from "../state/state-error.js";

/** Ways in which a folder on disk fails, the same for the log and the store. */
export type StorageFaultKind =
  | "overloaded"
  | "full"
  | "read_only"
  | "replaced"
  | "unavailable"
  | "locked"
  | "corrupt"
  | "closed";

/** A fault of the storage below the log or the store; each turns it into its own error. */
export class StorageFault extends Error {
  readonly kind: StorageFaultKind;
  constructor(kind: StorageFaultKind, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "StorageFault";
    this.kind = kind;
  }
}

/** The `code` of a system error (`ENOSPC`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** What a failed system call means, in words that say what to do. */
export function storageFault(error: unknown, what: string): StorageFault {
  if (error instanceof StorageFault) return error;
  const code = systemCode(error);
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new StorageFault(
        "full",
        `${what}: no space is left (${code}). Make room; writing is tried again with the next call.`,
        { cause: error },
      );
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new StorageFault(
        "read_only",
        `${what}: it may not be written (${code}). Check the mount and the permissions.`,
        { cause: error },
      );
    default:
      return new StorageFault("unavailable", `${what}: ${code ?? String(error)}.`, { cause: error });
  }
}

/** As the audit log says it. */
export function auditError(error: unknown, what: string): AuditError {
  if (error instanceof AuditError) return error;
  const fault = storageFault(error, what);
  return new AuditError(`audit_${fault.kind}`, `The audit log is not written: ${fault.message}`, { cause: fault });
}

/** As the state store says it. */
export function stateError(error: unknown, what: string): StateError {
  if (error instanceof StateError) return error;
  const fault = storageFault(error, what);
  return new StateError(`state_${fault.kind}`, `The state store is not available: ${fault.message}`, { cause: fault });
}
