import { readFile } from "node:fs/promises";
import { decodeBundle } from "@writ/ir/decode";
import { decide, loadProgram } from "@writ/runtime/decide";
import type { Engine } from "../engine.js";
import { bundleFile } from "../inputs.js";

/** When every call is made: the rules do not look at the clock. */
const NOW = 1_800_000_000_000;

/** The decision of a guard, alone: arguments are read and made canonical, nothing is recorded. */
export const writ: Engine = {
  name: "Writ",
  form: "as is",
  async prepare(workload, folder) {
    const decoded = decodeBundle(await readFile(bundleFile(folder, workload), "utf8"));
    if (!decoded.ok) throw new Error(decoded.fault.message);
    const inputs = workload.requests.map(({ tool, user, roles, args }) => ({
      tool,
      args,
      identity: { user: { id: user, roles }, agent: {}, session: { id: "s_1" } },
      now: NOW,
    }));
    return {
      async load(loopOver) {
        const program = await loadProgram(decoded.value);
        return loopOver(inputs, (input) => decide(program, input).effect === "allow");
      },
    };
  },
};
