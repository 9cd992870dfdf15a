import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileFile } from "../src/node/index.js";
import { compileText } from "./harness.js";

const BASE = `policy acme.baseline @ 7 final
use std.identity
use "./people.policy" { risky }
forbid not_risky on * { for risky }
`;
const PEOPLE = 'policy acme.people\nuse std.identity\nrole risky { user.groups has "risky" }\n';
const MAIN = `policy t extends acme.baseline
use "@acme/policies/baseline.policy" as base
use std.identity
use std.tiers
tool fs.read (path: Path) { effect read  risk low }
allow all on * { when user.mfa }
`;
const PACKAGE = {
  "node_modules/@acme/policies/baseline.policy": BASE,
  "node_modules/@acme/policies/people.policy": PEOPLE,
};

function codes(compilation: { readonly diagnostics: readonly { code: string; span: { file: string } }[] }): string[] {
  return compilation.diagnostics.map((one) => `${one.code} ${one.span.file}`);
}

describe("policies from packages", () => {
  it("count only where they are locked, and as they were", async () => {
    const open = await compileText(MAIN, PACKAGE);
    expect(codes(open)).toEqual(["E513 main.policy", "E513 node_modules/@acme/policies/baseline.policy"]);
    expect(open.bundle).toBeUndefined();
    const files = { ...PACKAGE, "writ.lock.json": open.lock ?? "" };
    const { bundle, diagnostics, lock } = await compileText(MAIN, files);
    expect(diagnostics).toEqual([]);
    expect(lock).toBe(open.lock);
    expect(bundle?.rules.map((rule) => rule.id)).toEqual(["not_risky", "all"]);
    expect(bundle?.sources.map((source) => source.name)).toContain("node_modules/@acme/policies/baseline.policy");

    const changed = (text: string): Promise<string> =>
      compileText(MAIN, { ...files, "node_modules/@acme/policies/baseline.policy": text }).then((one) =>
        one.diagnostics.map(({ code, message }) => `${code} ${message}`).join(),
      );
    expect(await changed(BASE.replace("for risky", "for risky when user.mfa"))).toMatch(
      /^E514 .*its version is the same$/,
    );
    expect(await changed(BASE.replace("@ 7", "@ 8"))).toMatch(/^E514 .*it was version 7, it is version 8$/);
    // What a package's file uses of its own package is held too.
    expect(
      codes(
        await compileText(MAIN, {
          ...files,
          "node_modules/@acme/policies/people.policy": PEOPLE.replace('risky"', 'x"'),
        }),
      ),
    ).toEqual(["E514 node_modules/@acme/policies/baseline.policy"]);
  });

  it("never use what lies outside their package", async () => {
    const files = { "node_modules/a/x.policy": 'policy x\nuse "../../secret.policy"\n', "secret.policy": "policy s\n" };
    expect(codes(await compileText('policy t\nuse "a/x.policy"\n', files))).toContain("E501 node_modules/a/x.policy");
    expect(codes(await compileText('policy t\nuse "./node_modules/a/x.policy"\n', files))).toEqual([
      "E501 main.policy",
    ]);
    for (const path of ["@acme", "@acme/x", "a/../b.policy", "/a/b.policy", "http://a/b.policy"])
      expect(codes(await compileText(`policy t\nuse "${path}"\n`, {}))).toEqual(["E501 main.policy"]);
  });

  it("beside a lock file that is none do not compile", async () => {
    for (const lock of [
      "",
      "{}",
      "[]",
      '{"format":"writ.lock/1","sources":{"a":{}},"tools":{}}',
      '{"format":"writ.lock/2","sources":{},"tools":{}}',
    ])
      expect(codes(await compileText("policy t\n", { "writ.lock.json": lock }))).toEqual(["E515 main.policy"]);
  });

  it("are not locked while there are errors", async () => {
    expect((await compileText(`${MAIN}allow a on nope { }`, PACKAGE)).lock).toBeUndefined();
  });

  it("hold tools to the pins that were locked", async () => {
    const pin = (digit: string): string =>
      `policy t\ntool a () { risk low pin "sha256:${digit.repeat(64)}" }\nuse std.tiers`.replace(
        /(tool[^\n]*)\n(use.*)/,
        "$2\n$1",
      );
    const { lock } = await compileText(pin("a"));
    expect(codes(await compileText(pin("a"), { "writ.lock.json": lock ?? "" }))).toEqual([]);
    expect(codes(await compileText(pin("b"), { "writ.lock.json": lock ?? "" }))).toEqual(["E516 main.policy"]);
  });
});

describe("packages in files", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "writ-lock-")));
  const put = (name: string, text: string): string => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("are found as Node finds them, also through links, and named the same on every machine", async () => {
    const real = "store/policies";
    put(`${real}/package.json`, '{ "name": "@acme/policies", "exports": { "./*": "./src/*" } }');
    put(`${real}/src/baseline.policy`, BASE);
    put(`${real}/src/people.policy`, PEOPLE);
    mkdirSync(join(folder, "app/node_modules/@acme"), { recursive: true });
    symlinkSync(join(folder, real), join(folder, "app/node_modules/@acme/policies"));
    const main = put("app/agent/main.policy", MAIN);
    const open = await compileFile(main);
    expect(codes(open)).toEqual(["E513 main.policy", "E513 node_modules/@acme/policies/src/baseline.policy"]);
    writeFileSync(join(folder, "app/agent/writ.lock.json"), open.lock ?? "");
    const { diagnostics, bundle } = await compileFile(main);
    expect(diagnostics).toEqual([]);
    expect(JSON.stringify(bundle)).not.toContain(folder);

    // The same package, inside the folder of the policy, is no more one's own.
    cpSync(join(folder, real), join(folder, "near/node_modules/@acme/policies"), { recursive: true });
    put("near/secret.policy", PEOPLE);
    const near = put("near/main.policy", MAIN);
    expect(codes(await compileFile(near))).toEqual(codes(open));
    put("near/node_modules/@acme/policies/src/people.policy", 'policy x\nuse "../../../../secret.policy"\n');
    expect(codes(await compileFile(near))).toContain("E501 node_modules/@acme/policies/src/people.policy");
    const around = put("near/around.policy", 'policy t\nuse "./node_modules/@acme/policies/src/people.policy"\n');
    expect(codes(await compileFile(around))).toEqual(["E501 around.policy"]);
  });

  it("that are missing, or do not export the file, are said", async () => {
    const main = put(
      "app/other.policy",
      'policy t\nuse "@acme/none/a.policy"\nuse "@acme/policies/package.json"\nuse "@acme/policies/none.policy"\n',
    );
    expect((await compileFile(main)).diagnostics.map((one) => one.message)).toEqual([
      "`@acme/none/a.policy` cannot be read: the package @acme/none is not installed, or has no such file",
      "`@acme/policies/package.json` cannot be read: a policy's file name ends in `.policy`",
      expect.stringContaining("the package @acme/policies"),
    ]);
  });
});
