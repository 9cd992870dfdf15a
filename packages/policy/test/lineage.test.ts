import { describe, expect, it } from "vitest";
import { compileText } from "./harness.js";

const TOOLS = `use std.identity
use std.tiers
tool fs.read (path: Path) { effect read  risk low }
tool fs.write (path: Path) { effect write  risk low }
tool pay.send (amount: Money<USD>) { effect pay  risk low }
`;
const BASE = `policy base @ 7 final
use std.identity
role risky { user.groups has "risky" }
forbid not_risky on pay | write { for risky }
forbid large on pay { when amount > 50 USD }
`;
const codes = async (text: string, files: Record<string, string>): Promise<readonly string[]> =>
  (await compileText(text, files)).diagnostics.map((one) => `${one.code} ${one.span.file}`);

describe("extends", () => {
  it("joins the parent's rules to the child's, typed with the child's tools", async () => {
    const { bundle, diagnostics } = await compileText(
      `policy t extends base\nuse "./base.policy"\n${TOOLS}allow all on * { when user.mfa }\n`,
      { "base.policy": BASE },
    );
    expect(diagnostics).toEqual([]);
    expect(bundle?.rules.map((rule) => [rule.id, rule.tools])).toEqual([
      ["not_risky", ["fs.write", "pay.send"]],
      ["large", ["pay.send"]],
      ["all", ["fs.read", "fs.write", "pay.send"]],
    ]);
    expect(bundle?.rules[0]?.at[0]).toBe(bundle?.sources.findIndex((source) => source.name === "base.policy"));
    expect(bundle?.roles.map((role) => role.name)).toEqual(["risky"]);
  });

  it("hands on what the parent declares, also without naming it in `use`", async () => {
    const { bundle, diagnostics } = await compileText(
      'policy t extends base\nuse "./base.policy" as b\nallow mine on fs.read { for risky limit 3 calls per hour }\n',
      {
        "base.policy": `policy base\n${TOOLS}role risky { user.mfa }\nallow a on * { for risky }\n@shadow @owasp("ASI01", "ASI02") @owasp("ASI02")\nforbid s on * { for risky }\n`,
      },
    );
    expect(diagnostics).toEqual([]);
    expect(bundle?.tools.map((tool) => tool.name)).toEqual(["fs.read", "fs.write", "pay.send"]);
    expect(bundle?.rules.map((rule) => rule.id)).toEqual(["a", "s", "mine"]);
    expect(bundle?.rules[1]).toMatchObject({ shadow: true, tags: [{ family: "owasp", values: ["ASI01", "ASI02"] }] });
    expect(bundle?.rules[0]).not.toHaveProperty("shadow");
  });

  it("goes through several parents, and tools of the child reach them all", async () => {
    const { bundle, diagnostics } = await compileText(
      `policy t extends b\nuse "./b.policy"\n${TOOLS}allow all on * { when user.id != "x" }`,
      {
        "b.policy": 'policy b extends a\nuse "./a.policy"\nuse std.identity\nforbid in_b on write { when user.mfa }\n',
        "a.policy": "policy a final\nuse std.identity\nforbid in_a on * { when user.tenant == user.id }\n",
      },
    );
    expect(diagnostics).toEqual([]);
    expect(bundle?.rules.map((rule) => [rule.id, rule.tools.length])).toEqual([
      ["in_a", 3],
      ["in_b", 1],
      ["all", 3],
    ]);
  });

  it("lets a child replace what is not final, also for the parent's own rules", async () => {
    const parent = `policy base\nuse std.identity\nlet most = 50 USD\nrole risky { user.groups has "risky" }\nforbid not_risky on pay { for risky when amount > most }\n`;
    const { bundle, diagnostics } = await compileText(
      `policy t extends base\nuse "./base.policy"\n${TOOLS}let most = 9 USD\nrole risky { user.mfa }\nallow all on * { for risky }`,
      { "base.policy": parent },
    );
    expect(diagnostics).toEqual([]);
    const [rule] = bundle?.rules ?? [];
    expect(
      JSON.stringify(bundle?.roles.find((role) => JSON.stringify(rule?.when).includes(`"${role.name}"`))),
    ).toContain('"mfa"');
    expect(JSON.stringify(rule?.when)).toContain(`"value":{"amount":9,`);
  });

  it("keeps what is final", async () => {
    const child = `policy t extends base\nuse "./base.policy"\n${TOOLS}allow all on * { when user.mfa }\n`;
    const files = { "base.policy": BASE };
    expect(await codes(`${child}role risky { user.mfa }\nforbid f on * { for risky }`, files)).toEqual([
      "E511 main.policy",
    ]);
    // What is final stays so for grandchildren, and a tier is one for the whole policy.
    expect(
      await codes(
        `policy t extends b\nuse "./b.policy"\n${TOOLS.replace("use std.tiers", "tier low { isolate inline }")}allow all on * { when user.mfa }`,
        {
          "b.policy": 'policy b extends a\nuse "./a.policy"\n',
          "a.policy": "policy a final\ntier low { isolate gvisor }\n",
        },
      ),
    ).toEqual(["E511 main.policy"]);
    // Taking another declaration of that name from elsewhere is no way around it.
    expect(
      await codes(
        `policy t extends base\nuse "./base.policy" { risky }\nuse "./o.policy" { low }\n${TOOLS.replace("use std.tiers", "")}allow all on * { when user.mfa }`,
        {
          "base.policy": BASE.replace("use std.identity", "use std.identity\nuse std.tiers"),
          "o.policy": "policy o\ntier low { isolate inline }\n",
        },
      ),
    ).toEqual(["E511 main.policy"]);
  });

  it("never replaces a rule", async () => {
    expect(
      await codes(`policy t extends base\nuse "./base.policy"\n${TOOLS}allow large on * { when user.mfa }\n`, {
        "base.policy": BASE.replace("final", ""),
      }),
    ).toEqual(["E120 main.policy"]);
  });

  it("says what is wrong in a parent there", async () => {
    const files = {
      "base.policy": "policy base\nforbid a on pay { when amount > 5 EUR }\nforbid b on * { when nope }\n",
    };
    expect(
      await codes(`policy t extends base\nuse "./base.policy"\n${TOOLS}allow all on * { when user.mfa }`, files),
    ).toEqual(["E111 base.policy", "E102 base.policy"]);
  });

  it("of a policy that is not there", async () => {
    expect(await codes("policy t extends base", {})).toEqual(["E510 main.policy"]);
    expect(await codes("policy t extends t", {})).toEqual(["E510 main.policy"]);
    const two = { "a.policy": "policy base", "b.policy": "policy base" };
    expect(await codes('policy t extends base\nuse "./a.policy"\nuse "./b.policy"\n', two)).toEqual([
      "E510 main.policy",
    ]);
    expect(await codes('policy t extends base\nuse "./a.policy"\n', {})).toEqual(["E501 main.policy"]);
    // Known only to the file in between.
    const far = { "a.policy": 'policy a\nuse "./b.policy"\n', "b.policy": "policy base" };
    expect(await codes('policy t extends base\nuse "./a.policy"\n', far)).toEqual(["E510 main.policy"]);
  });

  it("a rule for what the child has none of concerns nothing", async () => {
    const files = {
      "base.policy": "policy base\nforbid a on delete { when amount > 3 }\nforbid b on fs.red, fs.read { when nope }\n",
    };
    const text = `policy t extends base\nuse "./base.policy"\n${TOOLS}allow all on * { when user.mfa }`;
    expect(await codes(text, files)).toEqual(["W206 base.policy", "E102 base.policy"]);
    expect(
      await codes(text, { "base.policy": "policy base\ntool x () { risk low }\nforbid a on delete, fs.red { }\n" }),
    ).toEqual(["E101 base.policy"]);
  });

  it("a policy without tools checks by itself", async () => {
    const { diagnostics, bundle } = await compileText(BASE);
    expect(diagnostics).toEqual([]);
    expect(bundle?.rules).toEqual([]);
    expect(await codes(`${BASE}forbid x on * { for nobody }`, {})).toEqual(["E104 main.policy"]);
    expect(await codes(`${BASE}allow x on fs.read { }`, {})).toEqual(["E101 main.policy"]);
  });
});
