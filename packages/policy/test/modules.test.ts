import { describe, expect, it } from "vitest";
import { compileText } from "./harness.js";

const BASE = `policy base
use std.identity
use std.tiers
identity user { level: Int }
type Item { id: Id }
let hosts = ["a.com"]
label place { home, office }
role owner { user.level > 3 and user.id in owners }
let owners = ["ann"]
tool shop.buy (item: Item, where: Url) { effect pay risk low labels home }
allow never_taken on shop.buy { }
`;

describe("use", () => {
  it("brings declarations, never rules, and what they need", async () => {
    const { bundle, diagnostics } = await compileText(
      'policy t\nuse "./base.policy"\nuse std.tiers\nforbid x on shop.buy { for owner when where.host in hosts }\nallow y on pay { when where.host in hosts }',
      { "base.policy": BASE },
    );
    expect(diagnostics).toEqual([]);
    expect(bundle?.rules.map((rule) => rule.id)).toEqual(["x", "y"]);
    expect(bundle?.roles.map((role) => role.name)).toEqual(["owner"]);
    expect(bundle?.identity.user.map((claim) => claim.name)).toEqual([
      "id",
      "groups",
      "roles",
      "mfa",
      "tenant",
      "level",
    ]);
    expect(bundle?.types.map((type) => type.name)).toEqual(["Item"]);
    expect(bundle?.sources.map((source) => source.name)).toEqual([
      "main.policy",
      "base.policy",
      "std.identity",
      "std.tiers",
    ]);
  });

  it("under a prefix keeps names apart", async () => {
    const { bundle, diagnostics } = await compileText(
      `policy t
use "./base.policy" as base
use "./other.policy" as other
use std.tiers
type Item { n: Int }
tool mine (item: Item, theirs: base.Item) { risk low }
allow x on base.shop.buy { for base.owner when where.host in base.hosts }
allow y on base.*, mine { for other.owner unless not has(where) or where.host not in base.hosts }
`,
      { "base.policy": BASE, "other.policy": "policy other\nuse std.identity\nrole owner { user.mfa }\n" },
    );
    expect(diagnostics).toEqual([]);
    expect(bundle?.roles.map((role) => role.name)).toEqual(["owner", "owner_2"]);
    expect(bundle?.types.map((type) => type.name)).toEqual(["Item", "Item_2"]);
    expect(bundle?.tools.map((tool) => tool.name).toSorted()).toEqual(["mine", "shop.buy"]);
    expect(bundle?.rules.map((rule) => rule.tools)).toEqual([["shop.buy"], ["mine", "shop.buy"]]);
    expect(JSON.stringify(bundle?.rules)).toContain('"hostIn"');
  });

  it("takes names only, also of tools", async () => {
    const text =
      'policy t\nuse "./base.policy" { shop.buy, hosts }\nuse std.tiers\nallow x on shop.buy { when where.host in hosts }\n';
    expect((await compileText(text, { "base.policy": BASE })).diagnostics).toEqual([]);
    const { diagnostics } = await compileText(`${text}forbid y on shop.buy { for owner }`, { "base.policy": BASE });
    expect(diagnostics.map((one) => one.code)).toEqual(["E104"]);
  });

  it("twice by different ways is one", async () => {
    const files = { "a.policy": 'policy a\nuse "./base.policy"\n', "base.policy": BASE };
    const { diagnostics } = await compileText(
      'policy t\nuse "./a.policy"\nuse "./base.policy"\nuse "./base.policy" { owner }\nuse std.tiers\nuse std.tiers\nallow x on shop.buy { for owner when where.host in hosts }',
      files,
    );
    expect(diagnostics).toEqual([]);
  });

  it("says which file is wrong", async () => {
    const { diagnostics } = await compileText('policy t\nuse "./lib/a.policy"\n', {
      "lib/a.policy": 'policy a\nuse "../b.policy"\n',
      "b.policy": "policy b\nlet a = b\n",
    });
    expect(diagnostics.map((one) => [one.code, one.span.file, one.span.line])).toEqual([["E102", "b.policy", 2]]);
  });

  it("of a library alone has no warnings", async () => {
    expect(
      (
        await compileText(
          "policy lib\nuse std.tiers\nuse std.identity\nrole r { user.mfa }\nlet x = [1]\ntool a () { risk low }\n",
        )
      ).diagnostics,
    ).toEqual([]);
  });
});
