import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");

/**
 * How systems of this field failed, by the numbers under which tests name them (`lesson 13: ...`): what each is about.
 */
const LESSONS: ReadonlyMap<number, string> = new Map([
  [1, "a port that throws or hangs refuses"],
  [2, "an approval channel that closes refuses"],
  [3, "no policy, an empty or a broken one does not start"],
  [4, "a tool that the policy does not know is refused"],
  [5, "a detector that is not there is unavailable, never clean"],
  [6, "a batch of approved, edited and rejected calls"],
  [7, "an edited call is decided again"],
  [8, "nothing said at run time alters the policy"],
  [9, "a replayed step never repeats an effect"],
  [10, "an approval is used once, for what it was given"],
  [11, "the log's hash is of the stored bytes, over restarts"],
  [12, "refused, failed, timed-out and aborted calls are recorded"],
  [13, "a limit counts calls in flight"],
  [14, "the record says the isolation that was proven"],
  [15, "a time limit ends the worker and what it started"],
  [16, "a result crosses the wall as tagged, bounded JSON"],
  [17, "egress is pinned at decision"],
  [18, "redaction covers arguments, results, parts, errors, logs"],
  [19, "the same refused call trips a breaker"],
  [20, "a claim names the test that holds it"],
  [21, "a session's id is minted"],
  [22, "examples in documents run"],
  [23, "a condition that faults acts by polarity"],
  [24, "unknown arguments are refused"],
  [25, "a domain is no regular expression"],
  [26, "a command rule sees programs"],
  [27, "a secret is in no log, error or message"],
  [28, "a tool that changed after review is refused"],
  [29, "nothing is allowed by being long"],
  [30, "prototype names are names like others"],
]);

/** Only folders of tests are walked: what is installed beside them is many times as much. */
function testFiles(): readonly string[] {
  const rooms = ["packages", "examples"].flatMap((place) =>
    readdirSync(join(ROOT, place)).map((name) => join(ROOT, place, name)),
  );
  return [...rooms, join(ROOT, "scripts"), join(ROOT, "benchmarks")]
    .map((room) => join(room, "test"))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => readFileSync(join(folder, name), "utf8")),
    );
}

test("each lesson is held by a test that bears its number", () => {
  const named = new Set(
    testFiles().flatMap((text) => [...text.matchAll(/\blessons? (\d+)\b/gi)].map(([, number]) => Number(number))),
  );
  expect([...LESSONS].filter(([number]) => !named.has(number))).toEqual([]);
});
