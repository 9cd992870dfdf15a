import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeTrace } from "@writ/ir/decode";
import { expect, test } from "vitest";
import { blocks, runProgram } from "./support/document.js";
import { shopLog } from "./support/shop-log.js";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const DOCUMENT = "docs/replay.md";

async function files(): Promise<Readonly<Record<string, string>>> {
  const [policy = ""] = await blocks(DOCUMENT, "policy");
  const [runs = ""] = await blocks(DOCUMENT, "jsonl");
  return {
    "shop.policy": policy,
    "stricter.policy": policy.replace("euros <= 100", "euros <= 50"),
    "runs.jsonl": runs,
  };
}

test("lesson 22: every command of docs/replay.md prints what stands there", async () => {
  const cwd = temporary();
  const made = await files();
  for (const [name, text] of Object.entries(made)) writeFileSync(join(cwd, name), text);
  await shopLog(cwd, made["shop.policy"] ?? "");
  const shown = await blocks(DOCUMENT, "console");
  expect(shown.length).toBeGreaterThan(3);
  for (const block of shown) {
    const [command = "", ...expected] = block.split("\n");
    const ran = await writ(command.slice("$ writ ".length).split(" "), { cwd });
    const said = ran.out.replaceAll(/s_[0-9a-f]{8,}/g, "s_...").replaceAll(/c_[0-9a-f]{8,}/g, "c_...");
    expect({ command, err: ran.err, out: said }).toEqual({ command, err: "", out: expected.join("\n") });
    expect(ran.code).toBe(/tighter|difference/.test(ran.out) ? 2 : 0);
  }
});

test("lesson 22: the runs of docs/replay.md are runs, and name every field that there is", async () => {
  const [runs = ""] = await blocks(DOCUMENT, "jsonl");
  for (const line of runs.trim().split("\n")) expect(decodeTrace(line).ok).toBe(true);
  const [document, schema] = ["../../../docs/replay.md", "../../ir/schemas/trace.json"].map((file) =>
    readFileSync(join(import.meta.dirname, file), "utf8"),
  );
  const fields = Object.keys((JSON.parse(schema ?? "") as { readonly properties: object }).properties);
  expect(fields.length).toBeGreaterThan(10);
  const named = (field: string): boolean =>
    document?.includes(`\`${field}\``) === true || document?.includes(`\`${field}[]\``) === true;
  expect(fields.filter((field) => !named(field))).toEqual([]);
});

test("lesson 22: the program of docs/replay.md has sound types and runs", async () => {
  const program = await blocks(DOCUMENT, "ts");
  const ran = await runProgram(program.join("\n"), await files());
  expect(ran.types).toBe("");
  expect(ran.out).toBe("rent allow by small\ninvoice allow by read; forbid by strangers\n");
});
