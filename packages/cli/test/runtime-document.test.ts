import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { blocks, runProgram } from "./support/document.js";
import { writ } from "./support/writ.js";

const DOCUMENT = "docs/runtime.md";

/** A bank, and what a crash of an earlier process left: a payment with no outcome. */
const BEFORE = `
import { fileAudit as openAudit } from "@writ/runtime/node";
let made = 0;
const booked = new Set<string>();
const bank = {
  pay: async () => { made += 1; booked.add("p" + made); return { id: "p" + made }; },
  cancel: async (args: unknown) => { booked.delete((args as { id: string }).id); },
};
const digest = "sha256:" + "0".repeat(64);
const earlier = await openAudit(".writ/audit");
await earlier.append({ type: "intent", at: 1, session: "s_1", call: "c_1", tool: "payments.pay",
  args: { digest, masked: null }, effect: "allow", reasons: [], policy: digest }, { durable: true });
await earlier.close();
`;

const AFTER = `
console.log(JSON.stringify({ small: small.status, asked: asked.status, settled: settled?.status, paid: paid.status,
  stopped: stopped.status, undone: undone.undone.length, steps: plan.steps.length, booked: [...booked], made,
  helper: helper.identity, doubtful: guard.doubtful.length, deleted: deleted.records, shown: approvalText(asked.approval).split("until ")[0] }));
`;

test("lesson 22: the program of docs/runtime.md has sound types, runs, and does what is said there", async () => {
  const [policy = ""] = await blocks(DOCUMENT, "policy");
  const [shown = ""] = await blocks(DOCUMENT, "text");
  const program = await blocks(DOCUMENT, "ts");
  const ran = await runProgram(BEFORE + program.join("\n") + AFTER, { "payments.policy": policy });
  expect(ran.types).toBe("");
  const said: unknown = JSON.parse(ran.out.trim().split("\n").at(-1) ?? "");
  expect(said).toMatchObject({
    small: "done",
    asked: "waiting",
    settled: "granted",
    paid: "done",
    stopped: "refused",
    undone: 2,
    steps: 2,
    booked: [],
    made: 2,
    helper: { agent: { id: "researcher" } },
    doubtful: 0,
    shown, // before what differs from day to day: until when, and the digest of what was shown
  });

  copyFileSync(join(ran.cwd, ".writ/audit/log.pub"), join(ran.cwd, "log.pub"));
  const commands = (await blocks(DOCUMENT, "console")).flatMap((block) => block.split("\n"));
  for (const command of commands.filter((line) => line.startsWith("$ writ ") && !line.includes("--settle"))) {
    const done = await writ(command.slice("$ writ ".length).split(" "), { cwd: ran.cwd });
    expect({ command, err: done.err, code: done.code }).toEqual({ command, err: "", code: 0 });
  }
});
