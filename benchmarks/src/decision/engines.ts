import type { Row } from "../results/suite-result.js";
import type { Engine } from "./engine.js";
import { agentGovernance } from "./engines/agent-governance.js";
import { casbin } from "./engines/casbin.js";
import { casl } from "./engines/casl.js";
import { cedar } from "./engines/cedar.js";
import { cel } from "./engines/cel.js";
import { hand } from "./engines/hand.js";
import { jsonLogic } from "./engines/json-logic.js";
import { jsonRules } from "./engines/json-rules.js";
import { writ, writRead } from "./engines/writ.js";

/** All that are compared; the first is the limit that the others' ratios are to. */
export const ENGINES: readonly Engine[] = [
  hand,
  writ,
  writRead,
  ...jsonLogic,
  casl,
  ...cel,
  ...casbin,
  ...cedar,
  ...agentGovernance,
  ...jsonRules,
];

/** What ought to stand beside them and does not, and why. */
export const SKIPPED: readonly { readonly name: string; readonly why: string }[] = [
  {
    name: "OPA (opa-wasm)",
    why: "not compared, and counted as that: `@open-policy-agent/opa-wasm` runs a compiled policy, and nothing that compiles Rego to WebAssembly was found on npm or in Debian",
  },
];

/** What a row of an engine counts as. Nobody can choose a decision that reads nothing: it is a limit, and ahead of no peer. */
export function kindOf(engine: Engine): Row["kind"] {
  return engine === writ ? "ours" : engine === hand || engine === writRead ? "limit" : "peer";
}
