import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docsPage, PUBLISHED } from "../src/docs/page.js";
import { escapeWords } from "../src/html/escape.js";
import { htmlReport } from "../src/html/report.js";
import type { Machine } from "../src/machine.js";
import { behind } from "../src/results/behind.js";
import { compareRuns, comparisonText } from "../src/results/compare.js";
import { begin, contribute, forget, resultOf } from "../src/results/contribute.js";
import { BadResult } from "../src/results/json-shape.js";
import { collect, readRun, runJson, type RunResult } from "../src/results/run-result.js";
import type { Cell, Found, SuiteResult } from "../src/results/suite-result.js";
import { TARGETS } from "../src/targets/target-list.js";

const MACHINE: Machine = { cpu: "a processor", cores: 2, memoryGb: 8, system: "linux x64", node: "v24.0.0", load: 0.5 };

function suite(ours: Cell, more: Partial<Found> = {}, on: Partial<Machine> = {}): SuiteResult {
  const begun = { ...begin(), on: { ...MACHINE, ...on } };
  return resultOf("decision", begun, {
    method: ["By the clock, </p><script>alert(1)</script>."],
    tables: [
      {
        id: "warm",
        title: `Warm <img src="http://x.example/a.png">`,
        words: "",
        columns: [10, 100].map((rules) => ({ name: `${rules} rules`, unit: "time", better: "lower" }) as const),
        rows: [
          { name: "by hand", kind: "limit", cells: [{ value: 50 }, { value: 55 }] },
          { name: "Writ", kind: "ours", group: "Writ", cells: [ours, { value: 160 }] },
          { name: "Peer, fast", kind: "peer", group: "Peer", cells: [{ value: 90 }, { value: 900 }] },
          { name: "Peer, slow", kind: "peer", group: "Peer", cells: [{ value: 95 }, { note: "given up: over 90 s" }] },
        ],
        plot: { kind: "lines", x: "rules", xs: [10, 100] },
      },
      {
        id: "bars",
        title: "Bars",
        words: "",
        columns: [{ name: "added", unit: "time", better: "lower" }],
        rows: [
          { name: "one | of <two>", kind: "ours", cells: [{ value: 2000, low: 1900, high: 2200 }] },
          { name: "two", kind: "peer", cells: [{ value: 2e6 }] },
        ],
        plot: { kind: "bars", column: 0 },
      },
    ],
    series: [
      {
        id: "heap",
        title: "Heap",
        x: "calls",
        unit: "bytes",
        points: [
          [1, 5e6],
          [2, 6e6],
        ],
      },
    ],
    measured: [
      { id: "decision.warm", value: 140 },
      { id: "decision.one-tool", value: 900, note: "busy & loud" },
    ],
    gaps: [{ what: "OPA", why: "nothing compiles Rego", remedy: "none & never" }],
    ...more,
  });
}

const RUN: RunResult = { suites: [suite({ value: 120, low: 110, high: 130 })] };

describe("the report", () => {
  const html = htmlReport(RUN);

  test("is one file: no script, and nothing to fetch", () => {
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<script/i);
    expect(html).not.toMatch(/<(img|link|iframe|object|embed|video|audio|source|base)\b/i);
    expect(html).not.toMatch(/\b(src|href|action|data|xlink:href)\s*=\s*["'](?!#)/i);
    expect(html).not.toMatch(/url\(|@import/i);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test("texts are escaped", () => {
    expect(html).toContain("&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("one | of &lt;two&gt;");
    expect(html).toContain("busy &amp; loud");
  });

  test("every tag that is opened is closed, in order", () => {
    expect(unclosed(html)).toEqual([]);
  });

  test("every target stands in it, met, NOT MET or not measured and why", () => {
    for (const { words } of TARGETS) expect(html).toContain(escapeWords(words));
    expect(html.match(/class="badge (met|missed|unmeasured)"/g)).toHaveLength(TARGETS.length + 3);
    expect(html).toContain("the suite guard was not run");
  });

  test("plots are made of numbers, and of each engine its best form is drawn", () => {
    const drawn = [...html.matchAll(/points="([^"]*)"/g)].map(([, points]) => points ?? "");
    expect(drawn.length).toBeGreaterThan(2);
    for (const points of drawn) expect(points).toMatch(/^[\d. ,]+$/);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(html).toContain("of each engine its best form");
  });

  test("a peer that does better is told, a limit is none", () => {
    expect(behind(RUN.suites).map(({ peer, column }) => [peer, column])).toEqual([
      ["Peer, fast", "10 rules"],
      ["Peer, slow", "10 rules"],
    ]);
    expect(html).toContain("1.33x");
  });

  test("a run of nothing has a report too", () => {
    const empty = htmlReport({ suites: [] });
    expect(empty).toContain("No suite was run.");
    expect(empty.match(/class="badge unmeasured"/g)).toHaveLength(TARGETS.length + 1);
  });
});

describe("compared with an older run", () => {
  const at = (ours: Cell, on: Partial<Machine> = {}): RunResult => ({ suites: [suite(ours, {}, on)] });
  const writ = (old: RunResult, now: RunResult) =>
    compareRuns(old, now).changes.find(({ row, column }) => row === "Writ" && column.name === "10 rules");

  test.each([
    [{ value: 120, low: 110, high: 130 }, { value: 128, low: 125, high: 140 }, "within"],
    [{ value: 120, low: 110, high: 130 }, { value: 150, low: 140, high: 160 }, "worse"],
    [{ value: 120, low: 110, high: 130 }, { value: 90, low: 80, high: 95 }, "better"],
    [{ value: 100 }, { value: 104 }, "within"],
    [{ value: 100 }, { value: 120 }, "worse"],
  ] as const)("%j and then %j: %s", (before, now, verdict) => {
    expect(writ(at(before), at(now))).toMatchObject({ verdict, ratio: now.value / before.value });
  });

  test("what was nothing has no ratio", () => {
    expect(writ(at({ value: 0 }), at({ value: 5 }))).toMatchObject({ ratio: undefined, verdict: "worse" });
  });

  test("another machine and another mode are said", () => {
    const { warnings } = compareRuns(at({ value: 1 }), at({ value: 1 }, { cores: 64, node: "v26.0.0" }));
    expect(warnings).toEqual(["decision: the machines differ: cores 2 then, 64 now; node v24.0.0 then, v26.0.0 now"]);
    expect(htmlReport(at({ value: 2 }), compareRuns(at({ value: 1 }), at({ value: 2 }, { cores: 64 })))).toContain(
      "the machines differ",
    );
  });

  test("figures that only one has are counted", () => {
    const text = comparisonText(compareRuns({ suites: [] }, RUN));
    expect(text).toContain("0 figures compared; 0 within the spread; 0 are gone, 9 are new");
  });
});

describe("results", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "writ-report-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("what a suite contributes is what a report is made of, until it is run again", async () => {
    const made = await contribute(
      "guard",
      begin(),
      { method: ["m"], measured: [{ id: "guard.rules", value: 2 }] },
      folder,
    );
    expect((await collect(folder)).suites).toEqual([made]);
    const file = join(folder, "results.json");
    await writeFile(file, runJson(await collect(folder)));
    expect((await readRun(file)).suites).toEqual([made]);
    const json: unknown = JSON.parse(await readFile(file, "utf8"));
    expect(json).toHaveProperty(
      "targets",
      TARGETS.map(({ id }) => expect.objectContaining({ id }) as unknown),
    );
    await forget("guard", folder);
    expect((await collect(folder)).suites).toEqual([]);
  });

  test.each([
    ["no.json", undefined, /no\.json: it should be a file to read/],
    ["text.json", "{", /text\.json: it should be JSON/],
    ["old.json", `{"format":"writ.bench/1","suites":[]}`, /format: it should be writ\.bench\/2, and no writ\.bench\/1/],
    ["list.json", "[]", /list\.json: it should be an object/],
    ["null.json", `{"format":"writ.bench/2","suites":[null]}`, /suites\[0\]: it should be an object/],
  ])("%s is refused with its place and what it should be", async (name, text, message) => {
    const file = join(folder, name);
    if (text !== undefined) await writeFile(file, text);
    await expect(readRun(file)).rejects.toThrow(BadResult);
    await expect(readRun(file)).rejects.toThrow(message);
  });

  test("a result with a figure that is no number is refused", async () => {
    const file = join(folder, "figure.json");
    await writeFile(file, runJson(RUN).replace('"value": 120', '"value": "120"'));
    await expect(readRun(file)).rejects.toThrow(/rows\[1\]\.cells\[0\]\.value: it should be a number/);
  });
});

describe("docs/benchmarks.md", () => {
  test("has every target, every table and what was not measured", () => {
    const page = docsPage(RUN);
    for (const { words } of TARGETS) expect(page).toContain(words);
    expect(page).toContain(String.raw`| **one \| of &lt;two>** | 2.00 us [1.90 us .. 2.20 us] |`);
    expect(page).toContain("- OPA: nothing compiles Rego. To have it: `none & never`");
  });

  test("is what the generator makes of the figures that are kept beside it", async () => {
    const figures = await readRun(PUBLISHED.figures);
    expect(await readFile(PUBLISHED.page, "utf8")).toBe(docsPage(figures));
    expect(await readFile(PUBLISHED.figures, "utf8")).toBe(runJson(figures));
  });
});

const VOID = new Set(["meta", "br", "circle", "path", "rect", "polyline"]);

/** Tags of a document that are closed out of order or not at all. */
function unclosed(html: string): readonly string[] {
  const open: string[] = [];
  const odd: string[] = [];
  for (const [tag, slash, name = ""] of html
    .replace(/<style>[^]*?<\/style>/, "")
    .matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (VOID.has(name) || tag.endsWith("/>")) continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) odd.push(tag);
  }
  return [...odd, ...open];
}
