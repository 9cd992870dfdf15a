import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { checkManifests } from "../lint/manifests.mjs";
import { rooms } from "../lint/rooms.mjs";
import { MiniRepository } from "./mini-repository.js";

describe("the arrows in package.json", () => {
  const repositories: MiniRepository[] = [];

  afterEach(() => {
    for (const repository of repositories.splice(0)) repository.remove();
  });

  /** A repository whose manifest in `folder` is changed by `change`; gives what is wrong with it. */
  function problemsAfter(folder: string, change: Record<string, unknown>): string[] {
    const repository = new MiniRepository();
    repositories.push(repository);
    for (const room of Object.keys(rooms)) {
      if (room.startsWith("packages/")) repository.plant(`${room}/README.md`, "");
    }
    const file = `${folder}/package.json`;
    const before = JSON.parse(readFileSync(join(repository.path, file), "utf8")) as Record<string, unknown>;
    repository.plant(file, JSON.stringify({ ...before, ...change }));
    return checkManifests(repository.path);
  }

  test("the repository as it is passes", () => {
    expect(problemsAfter("packages/ir", {})).toEqual([]);
  });

  test.each([
    [
      "packages/runtime",
      { dependencies: { "@writ/policy": "workspace:*" } },
      "the runtime does not import the compiler",
    ],
    ["packages/policy", { dependencies: { "@writ/runtime": "workspace:*" } }, "the two meet only in the bundle"],
    [
      "packages/langgraph",
      { peerDependencies: { "@writ/policy": "workspace:*" } },
      "an adapter does not import policy",
    ],
    ["packages/testing", { optionalDependencies: { "@writ/cli": "workspace:*" } }, "nobody imports the cli"],
    ["packages/ir", { dependencies: { "@writ/runtime": "workspace:*" } }, "imports nobody"],
    ["packages/runtime", { dependencies: { zod: "^4.0.0" } }, "importing zod costs a guard"],
    ["packages/cli", { dependencies: { chevrotain: "^13.0.0" } }, "the parser belongs to the policy compiler alone"],
    ["packages/cli", { devDependencies: { "@writ/ir": "^0.1.0" } }, 'must be "workspace:*"'],
    ["packages/ir", { license: "ISC" }, "the licence must be MIT"],
    ["packages/ir", { engines: { node: ">=20" } }, '">=22.13"'],
    ["packages/ir", { sideEffects: true }, '"sideEffects": false'],
    ["packages/ir", { publishConfig: { access: "public", exports: { ".": "./dist/index.js" } } }, "dist/packed"],
    ["packages/runtime", { exports: { ".": { default: "./dist/index.js" } } }, "publishConfig.exports must be"],
  ])("%s with %j is refused", (folder, change, reason) => {
    expect(problemsAfter(folder, change)).toEqual([expect.stringContaining(reason)]);
  });
});
