import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writ } from "./support/writ.js";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

test("the README of the command names every command there is", async () => {
  const { out } = await writ(["help"]);
  const commands = [...out.matchAll(/^ {2}(writ (?:audit |bench |sandbox )?[a-z]+) /gm)].map((match) => match[1] ?? "");
  expect(commands.length).toBeGreaterThan(14);
  expect(commands.filter((command) => !readme.includes(`| \`${command} `))).toEqual([]);
});

test("the README of the command describes every document that --json writes", () => {
  const folder = join(import.meta.dirname, "../src");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const text = sources.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  const formats = [...text.matchAll(/"(writ\.[a-z.]+\/\d+)"/g)];
  expect(formats.length).toBeGreaterThan(14);
  expect(formats.flatMap(([, format = ""]) => (readme.includes(`\`${format}\``) ? [] : [format]))).toEqual([]);
});
