import type { Json } from "@writ/ir";
import { VERSION } from "../version.js";
import { claim, resultOf, type RecordedCall } from "./recorded-call.js";

/** The schema that the events are of. */
export const OCSF_VERSION = "1.9.0";
const CATEGORY = 6;
const CLASS = 6003;
/** A tool call is none of create, read, update and delete by itself. */
const OTHER = 99;

/**
 * A call as an OCSF 1.9 event of the class API Activity (6003): who called which tool, whether it was allowed, by which
 * rules, and how it ended. Arguments and results are not in it, only their digests. What OCSF has no place for is in
 * `unmapped`. Source: https://schema.ocsf.io/1.9.0/classes/api_activity
 */
export function toOcsf(call: RecordedCall): Json {
  const { intent, outcome, identity, policy, seq, hash } = call;
  const result = resultOf(call);
  const user = claim(identity, "user");
  const agent = claim(identity, "agent");
  const [statusId, status] = statusOf(result);
  const refused = result === "refused";
  return {
    category_uid: CATEGORY,
    category_name: "Application Activity",
    class_uid: CLASS,
    class_name: "API Activity",
    activity_id: OTHER,
    activity_name: "Tool call",
    type_uid: CLASS * 100 + OTHER,
    type_name: "API Activity: Other",
    time: intent.at,
    start_time: intent.at,
    ...(outcome === undefined ? {} : { end_time: outcome.at, duration: Math.round(outcome.ms) }),
    severity_id: refused || result === "failed" || result === "timeout" ? 2 : 1,
    severity: refused || result === "failed" || result === "timeout" ? "Low" : "Informational",
    status_id: statusId,
    status,
    status_detail: result,
    ...(intent.message === undefined ? {} : { message: intent.message }),
    metadata: {
      version: OCSF_VERSION,
      product: { name: "Writ", vendor_name: "Writ", version: VERSION },
      uid: hash,
      sequence: seq,
      correlation_uid: intent.call,
      log_name: "writ.audit",
    },
    actor: {
      ...(user === undefined ? {} : { user: { uid: user, type_id: 1, type: "User" } }),
      app_name: agent ?? "agent",
      session: { uid: intent.session },
      authorizations: [
        {
          decision: intent.effect === "allow" ? "Allowed" : refused ? "Denied" : "Requires approval",
          policy: {
            uid: intent.policy,
            ...(policy === undefined ? {} : { name: policy.name, version: policy.version ?? "" }),
          },
        },
      ],
    },
    api: { operation: intent.tool, request: { uid: intent.callId ?? intent.call } },
    src_endpoint: { uid: intent.session, name: agent ?? "agent" },
    unmapped: {
      rules: intent.reasons.map(
        ({ by, kind, truth, at }) => `${kind} ${by} (${truth})${at === undefined ? "" : ` ${at}`}`,
      ),
      args_digest: intent.args.digest,
      ...(outcome?.result === undefined ? {} : { result_digest: outcome.result.digest }),
      ...(outcome?.labels === undefined ? {} : { labels: [...outcome.labels] }),
      ...(intent.isolation === undefined
        ? {}
        : { isolation: { ...intent.isolation, proven: [...intent.isolation.proven] } }),
      ...(intent.approval === undefined ? {} : { approval: intent.approval }),
    },
  };
}

/** `status_id` and its caption. */
function statusOf(result: string): readonly [number, string] {
  switch (result) {
    case "done":
      return [1, "Success"];
    case "refused":
    case "failed":
    case "timeout":
    case "aborted":
      return [2, "Failure"];
    case "asked":
    case "paused":
      return [99, "Other"];
    default:
      return [0, "Unknown"];
  }
}
