import { readFileSync, readdirSync, existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "../src/syntax/parse.js";
describe("x", () => {
  it("samples", () => {
    const t = performance.now(); parse("policy a"); console.log("init", performance.now() - t);
    for (const f of readdirSync("/work/shared/policies")) {
      const s = readFileSync("/work/shared/policies/" + f, "utf8");
      for (let i = 0; i < 200; i++) parse(s);
      const t = performance.now(); const r = parse(s); console.log(f, performance.now() - t);
      console.log(f, r.problems, r.file.declarations.length);
    }
    const md=readFileSync('/work/shared/design/language.md','utf8');
    for(const m of md.matchAll(/```policy\n([\s\S]*?)```/g)){const s=m[1];console.log(parse(/^policy /m.test(s)?s:'policy doc.block @ 1\n'+s).problems);}
  });
});
