import { readFile } from "node:fs/promises";
import { runInThisContext } from "node:vm";
import type { Engine } from "../engine.js";
import { handFile } from "../inputs.js";
import type { Request } from "../rule.js";

/** JavaScript written for just these rules: the limit that the others are measured against. */
export const hand: Engine = {
  name: "hand-written JavaScript",
  form: "a function a tool",
  async prepare(workload, folder) {
    const { requests } = workload;
    const text = await readFile(handFile(folder, workload), "utf8");
    return {
      async load(loopOver) {
        const decide: unknown = runInThisContext(text);
        if (!isDecide(decide)) throw new Error("the hand-written script gives no function");
        return loopOver(requests, decide);
      },
    };
  },
};

function isDecide(decide: unknown): decide is (request: Request) => boolean {
  return typeof decide === "function";
}
