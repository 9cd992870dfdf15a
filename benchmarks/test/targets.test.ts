import { BENCH_TIERS } from "@writ/sandbox/bench";
import { expect, test } from "vitest";
import { agentsFound } from "../src/agents/found.js";
import { auditFound } from "../src/audit/found.js";
import { decisionFound } from "../src/decision/found.js";
import { detectorsFound } from "../src/detectors/found.js";
import { escapesFound } from "../src/escapes/found.js";
import { guardFound } from "../src/guard/found.js";
import { isolationFound } from "../src/isolation/found.js";
import { soakFound } from "../src/isolation/soak-found.js";
import { begin, resultOf } from "../src/results/contribute.js";
import type { Found } from "../src/results/suite-result.js";
import { SUITES } from "../src/suites.js";
import { limitWords, standings, tally } from "../src/targets/standing.js";
import { TARGETS, type Target } from "../src/targets/target-list.js";

/** Every promise, with its limit. A promise is changed here and in the list, or not at all. */
const PROMISED = `
decision.warm at most 150 ns
decision.ratio at most 3.20x
decision.growth at most 2.50x
decision.one-tool at most 500 ns
decision.first at most 250 us
decision.early at most 2.00 us
decision.load-1000 at most 5.00 ms
decision.load-10000 at most 60.0 ms
decision.memory at most 4.00 MB
decision.import at most 10.0 ms
decision.size at most 60.0 KB
decision.module at most 1.50x
decision.session at most 5.00 us
decision.ahead none
guard.rules at most 2.50 us
guard.rules-p99 at most 50.0 us
guard.session at most 10.0 us
guard.session-p99 at most 50.0 us
guard.durable at most 50.0 us
guard.heap at most 1.10x
guard.growth at most 1.10x
audit.rate at least 50,000/s
audit.wait at most 50.0 us
audit.bounded yes
adapters.added at most 100 us
language.large at most 2.00 s
language.small at most 5.00 ms
language.edit at most 50.0 ms
language.check at most 250 ms
isolation.process at most 1.00 ms
isolation.process-p99 at most 5.00 ms
isolation.wasm at most 1.00 ms
isolation.wasm-p99 at most 5.00 ms
isolation.container at most 1.50 ms
isolation.container-p99 at most 5.00 ms
isolation.gvisor at most 3.00 ms
isolation.gvisor-p99 at most 8.00 ms
isolation.python-cold at most 20.0 ms
isolation.python at most 2.00 ms
isolation.ebpf at most 100 us
isolation.process-refill at least 100/s
isolation.wasm-refill at least 100/s
isolation.container-refill at least 100/s
isolation.gvisor-refill at least 100/s
isolation.soak none
isolation.escapes none
agents.stopped at least 98.0 %
agents.refused at least 85.0 %
agents.unrefused at least 97.0 %
agents.untouched at least 85.0 %
agents.kept at least 97.0 %
agents.questions at most 0.25
unseen.stopped at least 95.0 %
unseen.refused at least 75.0 %
unseen.unrefused at least 85.0 %
unseen.untouched at least 55.0 %
unseen.kept at least 80.0 %
unseen.questions at most 0.6
detector.false-positives at most 1.0 %
detector.published yes
`;

test("no promise is missing, and none has another limit", () => {
  expect(TARGETS.map((target) => `${target.id} ${limitWords(target)}`)).toEqual(PROMISED.trim().split("\n"));
});

test("every promise has a suite that there is, or says why it has none", () => {
  for (const target of TARGETS satisfies readonly Target[]) {
    if ("suite" in target) expect(Object.keys(SUITES)).toContain(target.suite);
    else expect(target.how).toMatch(/^not (built|measured):/);
  }
});

const NO_RUNS = { parts: [], seen: undefined, unseen: undefined, wrong: [], inputs: {}, left: [], asked: [] };
const NO_TEXTS = { groups: [], precision: Number.NaN, recall: Number.NaN, falsePositives: Number.NaN };
const NONE = { mounts: 0, groups: 0 };

/** What suites contribute where they found nothing: every target of theirs all the same. */
const EMPTY: Readonly<Record<string, Found>> = {
  decision: decisionFound({
    mode: "quick",
    whole: { rules: 0, ms: 1, otherwise: 1 },
    cells: [],
    imports: [],
    versions: {},
    inputs: {},
  }),
  guard: guardFound({ mode: "quick", cells: [], soak: { calls: 0, samples: [] }, versions: {} }),
  audit: auditFound({ mode: "quick", cells: [], overloaded: { refused: 0, taken: 0, found: 0 } }),
  isolation: isolationFound(
    "quick",
    BENCH_TIERS.map((tier) => ({ tier, failed: "nothing here" })),
  ),
  escapes: escapesFound("quick", []),
  agents: agentsFound(NO_RUNS),
  detectors: detectorsFound(NO_TEXTS, 0, 0),
  soak: soakFound({ minutes: 1, tiers: [], engine: { before: NONE, after: NONE } }),
};

test.each(Object.keys(EMPTY))("%s answers for each of its promises, also where it found nothing", (suite) => {
  const wanted = TARGETS.filter((target) => "suite" in target && target.suite === suite).map(({ id }) => id);
  expect(EMPTY[suite]?.measured?.map(({ id }) => id).toSorted()).toEqual(wanted.toSorted());
});

test("what was not run, not measured or is no number is not met", () => {
  const nothing = standings([]);
  expect(tally(nothing)).toEqual({ met: 0, "NOT MET": 0, "not measured": TARGETS.length });
  for (const { note } of nothing) expect(note).toMatch(/was not run|^not (built|measured)/);
  const odd = resultOf("audit", begin(), { method: [], measured: [{ id: "audit.rate", value: Number.NaN }] });
  expect(standings([odd]).find(({ target }) => target.id === "audit.rate")?.verdict).toBe("not measured");
});
