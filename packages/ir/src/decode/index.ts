/** Strict decoding of what crosses a process boundary, by the JSON Schemas of the contract. */
export { decodeBundle, decodeDecision, decodeRequest } from "./decode.js";
export type { Decoded } from "./decoder.js";
export { decodeTrace } from "./trace.js";
export type { DecodeFault } from "./validator.js";
