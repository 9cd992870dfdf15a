import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digest } from "@writ/ir";
import { fileAudit } from "@writ/runtime/node";
import { expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const DOCUMENT = join(import.meta.dirname, "..", "..", "..", "docs", "audit.md");
const HASH = `sha256:${"0".repeat(64)}`;

/** The folder that the document's reader stands in: a log, one that seals, the key and a checkpoint kept from earlier. */
async function reader(): Promise<string> {
  const cwd = temporary();
  await writ(["audit", "keygen", "kept.key"], { cwd });
  for (const folder of ["audit", "sealed-audit"]) {
    for (let half = 0; half < 2; half += 1) {
      const audit = await fileAudit(join(cwd, folder), folder === "audit" ? {} : { sealTo: join(cwd, "kept.key.pub") });
      for (let n = half * 5; n < half * 5 + 5; n += 1) {
        const args = { body: `words ${n}` };
        await audit.append(
          {
            type: "intent",
            at: 1_700_000_000_000 + n,
            session: "s",
            call: `c_${n}`,
            tool: "send",
            args: { digest: digest(args), masked: { body: "<Text>" } },
            effect: "forbid",
            reasons: [],
            policy: HASH,
          },
          { durable: true, args },
        );
      }
      await audit.close();
      if (half === 0 && folder === "audit") copyFileSync(join(cwd, folder, "checkpoint"), join(cwd, "kept.checkpoint"));
    }
  }
  copyFileSync(join(cwd, "audit", "log.pub"), join(cwd, "log.pub"));
  return cwd;
}

test("lesson 22: every command of docs/audit.md does what it says", async () => {
  const cwd = await reader();
  const blocks = [...readFileSync(DOCUMENT, "utf8").matchAll(/```console\n([^`]*)```/g)].map((match) => match[1] ?? "");
  const commands = blocks.flatMap((block) => block.split("\n")).filter((line) => line.startsWith("$ writ "));
  expect(commands.length).toBeGreaterThan(8);
  for (const command of commands) {
    // The document makes a key for a log to come; the one that is there was sealed with another.
    const words = command.slice("$ writ ".length).replace("--unseal seal.key", "--unseal kept.key").split(" ");
    const ran = await writ(words, { cwd });
    expect({ command, err: ran.err, code: ran.code }).toEqual({ command, err: "", code: 0 });
  }
});
