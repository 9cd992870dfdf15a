import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const POLICY = `policy shop @ 1

identity user { id: Id  groups: [Text] }

role support { user.groups has "support" }

tier low { isolate inline }

tool order(to: Id, count: Int) {
  effect pay
  risk low
}

allow small on order {
  when count <= 5
}
`;

function policy(): string {
  const file = join(temporary(), "shop.policy");
  writeFileSync(file, POLICY);
  return file;
}

describe("writ explain FILE --call", () => {
  test("says why, and what would have to be otherwise", async () => {
    const file = policy();
    const call = ["--call", '{"tool":"order","args":{"to":"x","count":9}}'];
    const ran = await writ(["explain", file, ...call, "--user", '{"id":"ann","groups":["support"]}']);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toContain("The call is refused.");
    expect(ran.out).toContain("shop.policy:");
    expect(ran.out).toContain("It would be allowed with count: 5.");
    const json = await writ(["explain", file, ...call, "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ format: "writ.explain.call/1", effect: "forbid" });
  });

  test.each([
    [["--call", "{"]],
    [["--call", "[]"]],
    [["--call", "{}"]],
    [["--call", '{"tool":"order"}', "--user", "3"]],
    [["--call", '{"tool":"order"}', "--user", '{"id":7}']],
    [["--user", '{"id":"ann"}']],
    [[]],
  ])("%j is a mistake with one line", async (words) => {
    const ran = await writ(["explain", policy(), ...words]);
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err.trimEnd().split("\n")).toHaveLength(1);
  });
});
