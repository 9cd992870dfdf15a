import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileFile, loadPolicy, PolicyError } from "../src/node/index.js";
import { compileText } from "./harness.js";
import { FILES, PEOPLE, SUPPORT } from "./sample.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "policy-"));
  mkdirSync(join(folder, "in"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

async function failure(path: string): Promise<PolicyError> {
  const error: unknown = await loadPolicy(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PolicyError);
  if (!(error instanceof PolicyError)) throw new Error("not a PolicyError");
  return error;
}

describe("files", () => {
  it("compile to what the same texts in memory do: no path of this machine is in the bundle", async () => {
    put("in/people.policy", PEOPLE);
    const { bundle, digest } = await loadPolicy(put("in/main.policy", SUPPORT));
    const memory = await compileText(SUPPORT, FILES);
    expect(bundle).toEqual(memory.bundle);
    expect(digest).toBe(memory.digest);
    expect(bundle.sources.map((source) => source.name)).toEqual([
      "main.policy",
      "std.identity",
      "std.labels",
      "std.tiers",
      "people.policy",
    ]);
    expect(JSON.stringify(bundle)).not.toContain(folder);
  });

  it("load a compiled bundle, and refuse what is none", async () => {
    const { bundle, digest } = await compileText(SUPPORT, FILES);
    const loaded = await loadPolicy(put("bundle.json", JSON.stringify(bundle)));
    expect(loaded.digest).toBe(digest);
    expect((await failure(put("broken.json", "{"))).code).toBe("invalid_bundle");
    expect((await failure(put("other.json", JSON.stringify({ ...bundle, extra: 1 })))).code).toBe("invalid_bundle");
    expect((await failure(put("null.json", "null"))).code).toBe("invalid_bundle");
    expect((await failure(join(folder, "gone.json"))).code).toBe("unreadable");
  });

  it("with errors are a PolicyError that a person can read", async () => {
    const error = await failure(put("bad.policy", "policy t\nuse std.tiers\nallow a on fs.raed { }\n"));
    expect(error.code).toBe("invalid_policy");
    expect(error.message).toContain("bad.policy:3:12: error[E101]: no tool is called `fs.raed`");
    expect(error.message).toContain("^^^^^^^");
    expect(error.diagnostics).toHaveLength(1);
  });

  it("without rules do not start a guard", async () => {
    expect((await failure(put("people.policy", PEOPLE))).code).toBe("empty_policy");
    expect((await failure(put("none.policy", ""))).code).toBe("invalid_policy");
    expect((await failure(join(folder, "gone.policy"))).code).toBe("invalid_policy");
    expect((await failure(join(folder, "in"))).code).toBe("invalid_policy");
  });

  it("outside the entry's folder are not read, directly or by a symlink", async () => {
    put("secret.policy", "policy s\nlet token = 1\nlet = 2\n");
    put("secret.txt", "a secret");
    symlinkSync(join(folder, "secret.policy"), join(folder, "in", "link.policy"));
    for (const specifier of ["../secret.policy", "./link.policy", "../secret.txt", "./../in/../secret.policy"]) {
      const { diagnostics } = await compileFile(put("in/main.policy", `policy t\nuse "${specifier}"\n`));
      expect(diagnostics.map((one) => one.code)).toEqual(["E501"]);
      expect(JSON.stringify(diagnostics)).not.toContain("token");
    }
    const { diagnostics } = await compileFile(put("in/main.policy", 'policy t\nuse "../secret.policy"\n'), {
      root: folder,
    });
    expect(diagnostics.map((one) => [one.code, one.span.file])).toEqual([["E005", "../secret.policy"]]);
  });

  it("that are no regular files are refused", async () => {
    mkdirSync(join(folder, "in", "dir.policy"));
    symlinkSync("/dev/zero", join(folder, "zero.policy"));
    symlinkSync(join(folder, "loop.policy"), join(folder, "loop.policy"));
    for (const [name, reason] of [
      ["in/dir.policy", "not a regular file"],
      ["zero.policy", "not a regular file"],
      ["loop.policy", "loop"],
    ] as const) {
      const { diagnostics, bundle } = await compileFile(join(folder, name));
      expect(bundle).toBeUndefined();
      expect(diagnostics[0]?.code).toBe("E501");
      expect(diagnostics[0]?.message).toContain(reason);
    }
  });

  it("may begin with a byte-order mark", async () => {
    const { diagnostics } = await compileFile(put("bom.policy", `\ufeff${PEOPLE}`));
    expect(diagnostics).toEqual([]);
  });
});
