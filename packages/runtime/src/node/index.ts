/** The parts of the runtime that need Node: logs and stores in folders. */
export { MAX_PROOF } from "../audit/proof-file.js";
export {
  verifyProof,
  type ProofProblemCode,
  type ProofVerification,
  type VerifyProofOptions,
} from "../audit/verify-proof.js";
export { doubtfulCalls } from "./doubtful-calls.js";
export { fileAudit, type FileAudit, type FileAuditOptions } from "./file-audit.js";
export { fileStore, type FileStore, type FileStoreOptions } from "./file-store.js";
export { proveConsistency, proveRecord, type ProveOptions } from "./prove-audit.js";
export { readAudit, type AuditEntry, type ReadAuditOptions } from "./read-audit.js";
export type { RetainOptions, Retention } from "./retention.js";
export { makeSealKey, unsealArguments } from "./sealed-arguments.js";
export { verifyAudit, type AuditVerification, type VerifyAuditOptions } from "./verify-audit.js";
