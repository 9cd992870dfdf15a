import { BUNDLE_BOUNDS, type Bounds } from "../json.js";
import { bundleSchema } from "../generated/bundle.js";
import { decisionSchema } from "../generated/decision.js";
import { requestSchema } from "../generated/request.js";
import type { Bundle } from "../schema/bundle.js";
import type { Decision } from "../schema/decision.js";
import type { Request } from "../schema/request.js";
import { decoder, type Decoded } from "./decoder.js";
import { checkReferences } from "./references.js";

/** Decodes a bundle from JSON text, UTF-8 bytes or a parsed value: unknown keys, kinds and versions are refused,
 * and so are names that lead nowhere. */
export const decodeBundle: (input: unknown) => Decoded<Bundle> = decoder<Bundle>(
  "writ.bundle/1",
  bundleSchema,
  BUNDLE_BOUNDS,
  checkReferences,
);

const small: Bounds = { depth: 64, nodes: 1_000_000, bytes: 16 * 1024 * 1024 };

/** Decodes a request, as strictly. */
export const decodeRequest: (input: unknown) => Decoded<Request> = decoder<Request>(
  "writ.request/1",
  requestSchema,
  small,
);

/** Decodes a decision, as strictly. */
export const decodeDecision: (input: unknown) => Decoded<Decision> = decoder<Decision>(
  "writ.decision/1",
  decisionSchema,
  small,
);
