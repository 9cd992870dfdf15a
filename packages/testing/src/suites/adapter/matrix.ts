import type { Case } from "../case.js";
import { PATHS, type AdapterPath, type AdapterUnderTest } from "./adapter.js";
import { Scene, World } from "./scene.js";
import { SCENARIOS, type Scenario } from "./scenarios.js";

/** A scenario on a path: it is run, or says why it cannot exist. */
export interface Cell {
  readonly scenario: string;
  readonly path: AdapterPath;
  readonly absent: string | undefined;
  readonly run: () => Promise<void>;
}

/** Every cell of the matrix of one adapter. */
export function adapterCells(adapter: AdapterUnderTest): readonly Cell[] {
  return SCENARIOS.flatMap((scenario) => PATHS.map((path) => cell(adapter, scenario, path)));
}

/** The cells that are run, as cases. */
export function adapterCases(adapter: AdapterUnderTest): readonly Case[] {
  return adapterCells(adapter).flatMap(({ scenario, path, absent, run }) =>
    absent === undefined ? [{ name: `${path}: ${scenario}`, run }] : [],
  );
}

/** The matrix as a table of Markdown, with notes on what cannot exist. It is of adapters whose every cell passes. */
export function adapterMatrix(adapters: readonly AdapterUnderTest[]): string {
  const notes: string[] = [];
  const noteOf = (why: string): string => {
    if (!notes.includes(why)) notes.push(why);
    return `–<sup>${notes.indexOf(why) + 1}</sup>`;
  };
  const sections = adapters.map((adapter) => {
    const cells = adapterCells(adapter);
    const mark = (scenario: string, path: AdapterPath): string => {
      const found = cells.find((one) => one.scenario === scenario && one.path === path);
      return found?.absent === undefined ? "✓" : noteOf(found.absent);
    };
    const rows = SCENARIOS.map(({ name }) => [name].concat(PATHS.map((path) => mark(name, path))));
    return `### ${adapter.name}\n\nOn ${adapter.framework}.\n\n${table(["", ...PATHS], rows)}`;
  });
  const listed = notes.map((why, i) => `${i + 1}. ${why}`).join("\n");
  return `${sections.join("\n\n")}\n\n${listed}\n`;
}

function cell(adapter: AdapterUnderTest, scenario: Scenario, path: AdapterPath): Cell {
  return {
    scenario: scenario.name,
    path,
    absent: absence(scenario, path) ?? adapter.absent(path, scenario.name),
    run: async () => runCell(adapter, scenario, path),
  };
}

function absence({ pauses, paths }: Scenario, path: AdapterPath): string | undefined {
  if (paths !== undefined) return paths.includes(path) ? undefined : "The path adds nothing to what is looked at.";
  if (pauses !== true && path === "resume") return "Nothing is paused.";
  return undefined;
}

async function runCell(adapter: AdapterUnderTest, scenario: Scenario, path: AdapterPath): Promise<void> {
  const asked = scenario.asked?.() ?? {};
  const world = new World(asked.options ?? {});
  await world.restart();
  const threads = path === "batch" ? ["t1", "t2", "t3"] : ["t1"];
  try {
    await Promise.all(threads.map((thread) => scenario.run(new Scene(adapter, path, world, thread, asked))));
  } finally {
    await world.guard.close({ drain: 0 });
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
