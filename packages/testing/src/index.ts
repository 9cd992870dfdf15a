/** The policy tester, and suites that any implementation of a port of the runtime must pass. No test runner is needed. */
export type { ConditionCoverage, Counts, PolicyCoverage, RuleCoverage, Untouched } from "./coverage-report.js";
export { fakeClock, type FakeClock } from "./fakes/fake-clock.js";
export { faulty, InjectedFault, type Fault, type FaultKind } from "./fakes/faulty.js";
export type { Operator } from "./mutation/change.js";
export { MAX_MUTANTS, mutatePolicy } from "./mutation/mutate.js";
export type { Mutant, MutationReport } from "./mutation/report.js";
export { runPolicyTests, TEST_START, type TestedPolicy } from "./policy-tester.js";
export type {
  Expected,
  Got,
  PolicyTestCallResult,
  PolicyTestReport,
  PolicyTestResult,
  SourcePlace,
} from "./policy-tester-report.js";
export { runAndCut, type Cut, type Ended } from "./crash/run-and-cut.js";
export type { NotReplayed, SealOpener } from "./replay/audit-calls.js";
export { causes, type Cause } from "./replay/causes.js";
export { declaredLabels } from "./replay/declared-labels.js";
export { Comparing, type Comparison, type Decided, type Difference } from "./replay/differences.js";
export { macro, wilson, type Share } from "./replay/intervals.js";
export type { JudgedCall } from "./replay/judge-call.js";
export { readTraces, type PlacedTrace, type TraceProblem } from "./replay/read-traces.js";
export {
  explainAuditCall,
  replayAudit,
  type AuditReplayOptions,
  type ReplayedAuditCall,
  type SkippedAuditCall,
} from "./replay/replay-audit.js";
export { createReplayer, type ReplayedRun, type Replayer, type ReplayOptions } from "./replay/replayer.js";
export { score, usesOf, type Figure, type FigureName, type Score } from "./replay/score.js";
export { isIdentityFault, type Person } from "./replay/stage.js";
export { WRONG_KINDS, wrongDecisions, type WrongDecision, type WrongKind } from "./replay/wrong.js";
export { approverCases, type ApproverChannel, type OpenChannel, type PersonDoes } from "./suites/approver.js";
export {
  FORGERIES,
  PATHS,
  type AdapterPath,
  type AdapterUnderTest,
  type AgentParts,
  type AgentRun,
  type AgentSaid,
  type ScriptedCall,
  type SuiteTool,
} from "./suites/adapter/adapter.js";
export { adapterCases, adapterCells, adapterMatrix, type Cell } from "./suites/adapter/matrix.js";
export { backendCases, type BackendUnderTest } from "./suites/backend.js";
export { auditSinkCases } from "./suites/audit-sink.js";
export { UnmetRequirement, type Case, type Place } from "./suites/case.js";
export { evaluatorCases, type Evaluator, type EvaluatorAnswer, type EvaluatorQuestion } from "./suites/evaluator.js";
export { detectorCases, type DetectorSamples } from "./suites/detector.js";
export { factCases, type FactSample } from "./suites/fact.js";
export {
  type EvaluatorScene,
  type ExpectedDecision,
  type ExpectedResult,
  type PastCall,
} from "./suites/evaluator-case.js";
export { stateStoreCases } from "./suites/state-store.js";
