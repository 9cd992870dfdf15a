import { parseArgs } from "node:util";
import { defaultBackends } from "@writ/sandbox";
import type { Backend } from "@writ/sandbox/backend";
import { tryList } from "@writ/sandbox/bench";
import type { Found } from "../results/suite-result.js";
import { escapesFound, type Tried } from "./found.js";

/** `npm run bench -- escapes [--quick] [--only BACKEND]`: the escape list, run in every backend that holds here. */
export async function escapesSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({
    args: [...options],
    options: { quick: { type: "boolean" }, only: { type: "string" } },
  });
  const mode = values.quick === true ? "quick" : "full";
  const tried: Tried[] = [];
  for (const backend of defaultBackends()) {
    const name = nameOf(backend);
    if (values.only !== undefined && !name.includes(values.only)) continue;
    process.stderr.write(`  ${name} ...\n`);
    try {
      tried.push({ name, isolation: backend.isolation, ...(await tryList(backend, mode)) });
    } finally {
      await backend.close();
    }
  }
  return escapesFound(mode, tried);
}

function nameOf({ name, isolation }: Backend): string {
  return name === isolation ? name : `${isolation} by ${name}`;
}
