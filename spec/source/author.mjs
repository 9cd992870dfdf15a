// The words that cases are written in. What a case expects is reasoned from spec/language.md; nothing here runs an
// engine. packages/testing/scripts/generate-spec.mjs lays the cases out as files.

/** The instant of every request that says no other: Monday 2026-01-05T10:00:00Z. */
export const NOW = Date.UTC(2026, 0, 5, 10);

const LOW = "tier low { isolate inline }";

/** A case: a policy and what must be decided of each request. `files` are modules beside `input.policy`. */
export function kase(name, policy, requests, files = {}) {
  return { name, policy: `${policy.trim()}\n`, requests: requests.flat(), files };
}

/** A request with what must hold of its decision. `more`: user, agent, session (claims), now, and the scene's members. */
export function call(tool, args, expect, more = {}) {
  const { user = {}, agent = {}, session = {}, now = NOW, ...scene } = more;
  return { tool, args, identity: { user, agent, session }, now, scene, expect };
}

/** A reason as written: `id`, `id?` (unknown), with the kind before it where it is not the effect: `demand:id`. */
function reason(kind, text) {
  const [, own, id, unknown] = /^(?:(\w+):)?(\w+)(\?)?$/.exec(text);
  const implied = id === "tier" || id === "default" ? id : kind;
  return { by: id, kind: own ?? implied, truth: unknown === undefined ? "true" : "unknown" };
}

/** Granted, by these rules. `more` holds further members of the expectation: args, limits, tier. */
export const allow = (by, more = {}) => ({ effect: "allow", reasons: words(by).map((id) => reason("allow", id)), demands: [], ...more });
export const ask = (by, more = {}) => ({ effect: "ask", reasons: words(by).map((id) => reason("ask", id)), ...more });
export const forbid = (by, more = {}) => ({ effect: "forbid", reasons: words(by).map((id) => reason("forbid", id)), ...more });
/** Nothing grants it. */
export const none = (more = {}) => forbid("default", more);
/** The call does not normalise: where, and the code of the fault. */
export const input = (path, code) => ({
  effect: "forbid", reasons: [{ by: "input", kind: "input", truth: "true" }], demands: [], limits: [], fault: { path, code },
});

const words = (text) => text.split(" ").filter((word) => word !== "");

/**
 * A condition in both polarities. Over one set of arguments three truths can be told apart: `t` grants by it, `u` is
 * granted by another rule and refuses by it. `yes`, `no` and `unknown` list arguments, or `[args, more]`.
 */
export function cond(name, params, when, { yes = [], no = [], unknown = [], decls = "", head = "", effect = "read", sink = "", files = {} }) {
  const attributes = `effect ${effect}  risk low${sink === "" ? "" : `  sink ${sink}`}`;
  const policy = `
policy spec.${name.replaceAll("-", "_")} @ 1
${head}${head === "" ? "" : "\n"}${LOW}
${decls.trim()}${decls === "" ? "" : "\n"}tool t (${params}) { ${attributes} }
tool u (${params}) { ${attributes} }

allow granted on t { when ${when} }
allow open    on u { }
forbid refused on u { when ${when} }
`;
  const both = (sample, granted, refused) => {
    const [args, more] = Array.isArray(sample) ? sample : [sample, {}];
    return [call("t", args, granted, more), call("u", args, refused, more)];
  };
  return kase(name, policy, [
    ...yes.flatMap((sample) => both(sample, allow("granted"), forbid("refused"))),
    ...no.flatMap((sample) => both(sample, none(), allow("open"))),
    ...unknown.flatMap((sample) => both(sample, none(), forbid("refused?"))),
  ], files);
}

/** A type: what it reads, with the canonical value (one element: it stays as it is), and what it refuses, with the code. `never`: an address that is sent nowhere. */
export function type(name, written, { reads = [], faults = [], decls = "", never = "" }) {
  const policy = `
policy spec.${name.replaceAll("-", "_")} @ 1
${LOW}
${decls.trim()}${decls === "" ? "" : "\n"}tool t (x: ${written}) { effect ${never === "" ? "read  risk low" : "egress  risk low  sink x"} }

allow granted on t { }
${never === "" ? "" : `forbid nowhere on t { when x == ${JSON.stringify(never)} }\n`}`;
  return kase(name, policy, [
    ...reads.map(([given, canonical = given]) => call("t", { x: given }, allow("granted", { args: { x: canonical } }))),
    ...faults.map(([given, code, path = "x"]) => call("t", { x: given }, input(path, code))),
  ]);
}

/** A policy of rules alone: a header and the low tier go before it. */
export function rules(name, body, requests, files = {}) {
  return kase(name, `policy spec.${name.replaceAll("-", "_")} @ 1\n${LOW}\n${body.trim()}`, requests, files);
}
