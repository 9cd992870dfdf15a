import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { workshopFolder } from "./places.mjs";

/**
 * A vitest reporter that keeps which tests were skipped and why, which vitest's own results leave out.
 * A test says why with `context.skip("reason")`.
 */
export default class SkipReporter {
  /** @param {readonly import("vitest/node").TestModule[]} modules */
  onTestRunEnd(modules) {
    const skips = modules.flatMap((module) =>
      [...module.children.allTests("skipped")].map((test) => {
        const result = test.result();
        const reason = (result.state === "skipped" ? result.note : undefined) ?? "no reason given";
        return { name: `${module.relativeModuleId} > ${test.fullName}`, reason };
      }),
    );
    writeFileSync(join(workshopFolder, "test-skips.json"), JSON.stringify(skips));
  }
}
