import { describe, expect, it } from "vitest";
import { createTrial, type Trial } from "@writ/runtime/rehearsal";
import { evaluatorCases, type Evaluator } from "../src/index.js";

const trials = new WeakMap<object, Promise<Trial>>();

/** Our own evaluator, behind the interface that any other has. */
const evaluate: Evaluator = async ({ bundle, request, scene }) => {
  const trial = trials.get(bundle) ?? createTrial(bundle);
  trials.set(bundle, trial);
  return (await trial).decide(request, scene);
};

describe("spec/cases, decided by this runtime", () => {
  it.each(evaluatorCases(evaluate, new URL("../../../spec/cases/", import.meta.url)))("$name", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
