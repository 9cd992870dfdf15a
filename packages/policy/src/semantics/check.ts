import type { Checked } from "./checked.js";
import { checkAlwaysHolds } from "./rules/always-holds.js";
import { checkConflictingTransforms } from "./rules/conflicting-transforms.js";
import { checkCovered } from "./rules/covered.js";
import { checkDetectorCondition } from "./rules/detector-condition.js";
import { checkEgressWithoutSink } from "./rules/egress-without-sink.js";
import { checkFactOnError } from "./rules/fact-on-error.js";
import { checkLethalThree } from "./rules/lethal-three.js";
import { checkNeverHolds } from "./rules/never-holds.js";
import { checkNoApprover } from "./rules/no-approver.js";
import { checkNoIntegrity } from "./rules/no-integrity.js";
import { checkOpenHost } from "./rules/open-host.js";
import { checkOverridden } from "./rules/overridden.js";
import { checkRequireCycle } from "./rules/require-cycle.js";
import { checkEventComparesItself } from "./rules/event-compares-itself.js";
import { checkSandbox } from "./rules/sandbox.js";
import { checkSilentSink } from "./rules/silent-sink.js";
import { checkTrustedText } from "./rules/trusted-text.js";
import { checkUndecidedFlow } from "./rules/undecided-flow.js";

/** What one rule of the checker says of one rule of the policy, or of one tool: right whatever else is wrong. */
const LOCAL = [
  checkNeverHolds,
  checkAlwaysHolds,
  checkDetectorCondition,
  checkNoApprover,
  checkConflictingTransforms,
  checkEgressWithoutSink,
  checkTrustedText,
  checkNoIntegrity,
  checkSandbox,
  checkFactOnError,
  checkEventComparesItself,
] as const;

/** What rests on all that is granted, refused and decided: nothing is said of it while a part could not be read. */
const WHOLE = [
  checkRequireCycle,
  checkOpenHost,
  checkSilentSink,
  checkLethalThree,
  checkUndecidedFlow,
  checkOverridden,
  checkCovered,
] as const;

/** Checks a policy that has been typed and lowered. */
export function check(checked: Checked): void {
  const isWhole = !checked.program.report.hasErrors;
  for (const rule of LOCAL) rule(checked);
  if (!isWhole) return;
  for (const rule of WHOLE) rule(checked);
}
