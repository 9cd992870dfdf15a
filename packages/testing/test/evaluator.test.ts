import { describe, expect, it } from "vitest";
import { decide, loadProgram, type Program } from "@writ/runtime";
import { evaluatorCases, type Evaluator } from "../src/index.js";

const programs = new Map<unknown, Promise<Program>>();

/** Our own evaluator, behind the interface that any other has. */
const evaluate: Evaluator = async ({ bundle, request, scene }) => {
  const found = programs.get(bundle) ?? loadProgram(bundle);
  programs.set(bundle, found);
  const supposed = scene.roles === undefined ? undefined : new Set(scene.roles);
  const { decision, args } = decide(await found, { tool: request.tool, args: request.args, identity: request.identity, now: request.now, supposed });
  return { decision, ...(args === undefined ? {} : { args }) };
};

describe("spec/cases, decided by this runtime", () => {
  for (const { name, run } of evaluatorCases(evaluate, new URL("../../../spec/cases/", import.meta.url))) {
    it(name, async () => {
      await expect(run()).resolves.toBeUndefined();
    });
  }
});
