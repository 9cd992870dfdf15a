import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Probe } from "../src/backend.js";
import { escaped, escapeTable, tryEscapes, type AttackLanguage } from "../src/escape/index.js";
import { testTiers } from "./container/test-engine.js";

/*
 * The escape list where an engine has to be asked for each attack. It takes minutes, so it is no part of `npm test`:
 * `npm run escape` runs it, and continuous integration does.
 */

/** Each language with the descriptor that the runner's frames go to: Python's has put stderr in the place of stdout. */
const LANGUAGES: readonly (readonly [AttackLanguage, number])[] = [
  ["javascript", 1],
  ["python", 4],
  ["shell", 1],
];

describe.each(testTiers())("the escape list in $name", (tier) => {
  const { name, backend } = tier;
  let probe: Probe;
  beforeAll(async () => {
    probe = await tier.ready();
  }, 240_000);
  afterAll(async () => await backend.close());

  beforeEach((context) => {
    if (!probe.ok) context.skip(`${name}: ${probe.why}`);
  });

  test.each(LANGUAGES)(
    "lesson 15: all that the tier claims to stop is stopped, tried in %s",
    async (language, protocol) => {
      const rows = await tryEscapes(backend, { protocol, languages: [language] });
      console.log(escapeTable(`${name} by ${backend.name}, ${language}`, rows));
      expect(escaped(rows)).toEqual([]);
    },
    600_000,
  );
});
