import { readFileSync } from "node:fs";
import type { Bundle } from "@writ/ir";
import { FunctionNameSchema } from "@writ/ir/schema";
import { membersOf } from "@writ/ir/values";
import { describe, expect, it } from "vitest";
import { caseNames, readCase, type EvaluatorSample } from "../src/suites/evaluator-case.js";
import { constructsOf, everyConstruct, grammarWords, wordsOf } from "./spec-constructs.js";

const folder = new URL("../../../spec/cases/", import.meta.url);
const cases = caseNames(folder).map((name) => {
  const { bundle, samples } = readCase(folder, name);
  return { bundle, samples, policy: readFileSync(new URL(`${name}/input.policy`, folder), "utf8") };
});

type Side = "passing" | "refusing";

function sideOf({ expected }: EvaluatorSample): Side {
  return expected.effect === "forbid" || expected.result?.kept === false ? "refusing" : "passing";
}

/** What of a bundle a request meets: its tool, the rules about it, and whatever stands beside the rules. */
function metBy(bundle: Bundle, { request, scene }: EvaluatorSample): ReadonlySet<string> {
  const named = new Set([request.tool, ...(scene.calls ?? []).map(({ tool }) => tool)]);
  const tools = bundle.tools.filter(({ name, as }) => named.has(as ?? name));
  const names = new Set([...tools.map(({ name }) => name), ...(request.tool === "reply" ? ["reply"] : [])]);
  const met = new Set<string>();
  for (const [section, value] of Object.entries(bundle)) {
    const part: unknown =
      section === "tools"
        ? tools
        : section === "rules"
          ? bundle.rules.filter((rule) => rule.tools.some((name) => names.has(name)))
          : value;
    for (const construct of constructsOf(section, part)) met.add(construct);
  }
  return met;
}

/** Which constructs stand in a request that is let through, and in one that is refused. */
function collect(
  constructs: (one: (typeof cases)[number], sample: EvaluatorSample) => Iterable<string>,
): Readonly<Record<Side, ReadonlySet<string>>> {
  const met = { passing: new Set<string>(), refusing: new Set<string>() };
  for (const one of cases)
    for (const sample of one.samples)
      for (const construct of constructs(one, sample)) met[sideOf(sample)].add(construct);
  return met;
}

function missing(all: Iterable<string>, met: Readonly<Record<Side, ReadonlySet<string>>>): readonly string[] {
  return [...all].flatMap((name) =>
    (["passing", "refusing"] as const).flatMap((side) => (met[side].has(name) ? [] : [`${name} (${side})`])),
  );
}

describe("spec/cases", () => {
  it("are at least 300", () => {
    expect(cases.length).toBeGreaterThanOrEqual(300);
  });

  it("hold every node, kind, word and member of a bundle, in a request that passes and in one that is refused", () => {
    expect(
      missing(
        everyConstruct(),
        collect(({ bundle }, sample) => metBy(bundle, sample)),
      ),
    ).toEqual([]);
  });

  it("hold every keyword and sign of the grammar", () => {
    expect(
      missing(
        grammarWords(),
        collect(({ policy }) => wordsOf(policy)),
      ),
    ).toEqual([]);
  });

  it("hold every function", () => {
    const used = collect(({ bundle }, sample) =>
      [...metBy(bundle, sample)].length === 0 ? [] : callsIn(JSON.stringify(bundle.rules)),
    );
    expect(missing(FunctionNameSchema.options, used)).toEqual([]);
  });

  it("hold every member of every type", () => {
    const kinds = ["Text", "Line", "Path", "Url", "Host", "Ip", "Email", "Command", "Sql"];
    const all = kinds.flatMap((kind) => membersOf(kind).map((name) => `${kind}.${name}`));
    const used = collect(({ bundle }) =>
      [...JSON.stringify(bundle.rules).matchAll(/"name":"(\w+)","of":.*?"op":"member"/g)].length === 0
        ? []
        : membersIn(bundle),
    );
    expect(all.length).toBeGreaterThan(20);
    expect(missing(all, used)).toEqual([]);
  });
});

function callsIn(rules: string): readonly string[] {
  return FunctionNameSchema.options.filter((name) => rules.includes(`"name":"${name}","op":"function"`));
}

function membersIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(membersIn);
  if (typeof value !== "object" || value === null) return [];
  const own =
    Reflect.get(value, "op") === "member"
      ? [`${String(Reflect.get(Object(Reflect.get(value, "type")), "kind"))}.${String(Reflect.get(value, "name"))}`]
      : [];
  return [...own, ...Object.values(value).flatMap(membersIn)];
}
