/** What a third party needs to add a backend. */
export {
  BACKEND_VERSION,
  DEFAULT_LIMITS,
  type Answer,
  type Backend,
  type Capabilities,
  type EndReason,
  type Job,
  type Limits,
  type Mount,
  type Probe,
  type Profile,
  type Program,
  type ProgramKind,
  type ProvenFact,
  type RunEnd,
  type SandboxInstance,
} from "./backend.js";
export { Conversation, type Death, type Link, type LinkEvents } from "./protocol/conversation.js";
export { decodeValue, encodeValue, VALUE_BOUNDS, type ValueBounds } from "./protocol/codec.js";
export { SandboxError, type SandboxErrorCode } from "./sandbox-error.js";
