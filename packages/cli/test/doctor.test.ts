import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

interface Report {
  readonly ok: boolean;
  readonly isolations: readonly {
    readonly isolation: string;
    readonly ok: boolean;
    readonly proven?: readonly string[];
  }[];
  readonly notBuilt: readonly { readonly part: string; readonly why: string }[];
  readonly tiers?: readonly { readonly tier: string; readonly proven: boolean; readonly tools: readonly string[] }[];
}

const POLICY = `policy doctored
tier low  { isolate inline }
tier high { isolate wasm }
tool a.read (x: Int) { effect read  risk low }
tool a.run (x: Int) { effect read  risk high }
allow all on a.* {}
`;

describe("writ doctor", () => {
  test("says of each isolation what held when it was tried, or why not", async () => {
    const ran = await writ(["doctor", "--json"]);
    const report = JSON.parse(ran.out) as Report;
    expect(report.isolations.map(({ isolation }) => isolation)).toEqual(["process", "wasm", "container", "gvisor"]);
    // QuickJS comes with the package: it is there on every machine.
    expect(report.isolations[1]).toMatchObject({ ok: true, backend: "quickjs" });
    for (const found of report.isolations)
      if (found.ok) expect(found.proven).toContain("no-network");
      else expect(found).toMatchObject({ why: expect.any(String) as string });
    expect(report.notBuilt.map(({ part }) => part)).toEqual(["eBPF", "Pyodide"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    const said = await writ(["doctor"]);
    expect(said.out).toMatch(
      /^isolation {2}here\ninline {5}yes {2}a function of your process: mediated, not isolated\n/,
    );
    expect(said.out).toMatch(/\nwasm {7}yes {2}quickjs; tried from inside, and it holds:\n/);
    expect(said.out).toMatch(/\nnot built: eBPF: .*\nnot built: Pyodide: .*\n$/);
    expect(Math.max(...said.out.split("\n").map((line) => line.length))).toBeLessThan(300);
  });

  test("with a policy, whether its tiers can be had here", async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, "a.policy"), POLICY);
    const report = JSON.parse((await writ(["doctor", "a.policy", "--json"], { cwd })).out) as Report;
    expect(report.tiers).toEqual([
      { tier: "low", isolate: "inline", proven: true, tools: ["a.read"] },
      { tier: "high", isolate: "wasm", proven: true, tools: ["a.run"] },
    ]);
    expect((await writ(["doctor", "a.policy"], { cwd })).out).toContain("  high  wasm    yes  a.run\n");
  });

  test("a policy with errors is told, and no file is a fault", async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, "a.policy"), "policy");
    expect((await writ(["doctor", "a.policy"], { cwd })).code).toBe(3);
    expect((await writ(["doctor", "b.policy"], { cwd })).code).toBe(1);
  });
});
