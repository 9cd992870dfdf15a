import { readFile } from "node:fs/promises";
import { decodeBundle } from "@writ/ir/decode";
import { decide, loadProgram, readCall, type DecisionRequest } from "@writ/runtime/decide";
import type { Engine } from "../engine.js";
import { bundleFile } from "../inputs.js";
import type { Workload } from "../rule.js";

/** When every call is made: the rules do not look at the clock. */
const NOW = 1_800_000_000_000;

/** The decision of a guard, alone: arguments are read and made canonical, nothing is recorded. */
export const writ: Engine = {
  name: "Writ",
  form: "as is",
  async prepare(workload, folder) {
    const bundle = await bundleOf(workload, folder);
    const inputs = inputsOf(workload);
    return {
      async load(loopOver) {
        const program = await loadProgram(bundle);
        return loopOver(inputs, (input) => decide(program, input).effect === "allow");
      },
    };
  },
};

/** The same of calls that were read before: like the others, it is handed ready values. Only what it takes warm is told of it. */
export const writRead: Engine = {
  name: "Writ",
  form: "arguments already read",
  async prepare(workload, folder) {
    const bundle = await bundleOf(workload, folder);
    const inputs = inputsOf(workload);
    return {
      async load(loopOver) {
        const program = await loadProgram(bundle);
        const read = inputs.map((input) => ({ call: readCall(program, input), identity: input.identity, now: NOW }));
        return loopOver(read, (input) => input.call.decide(input).effect === "allow");
      },
    };
  },
};

async function bundleOf(workload: Workload, folder: string): Promise<Parameters<typeof loadProgram>[0]> {
  const decoded = decodeBundle(await readFile(bundleFile(folder, workload), "utf8"));
  if (!decoded.ok) throw new Error(decoded.fault.message);
  return decoded.value;
}

function inputsOf({ requests }: Workload): readonly DecisionRequest[] {
  return requests.map(({ tool, user, roles, args }) => ({
    tool,
    args,
    identity: { user: { id: user, roles }, agent: {}, session: { id: "s_1" } },
    now: NOW,
  }));
}
