import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../src/index.js";
import { suggest } from "../src/diagnostics/suggest.js";
import { compileText, PRELUDE } from "./harness.js";

describe("rendering", () => {
  it("shows the place, the line, the mark, the suggestion and help", async () => {
    const { diagnostics, sources } = await compileText(
      "policy t\nuse std.tiers\n\ntool fs.read () { risk low }\n\tallow a on fs.raed { }\n",
    );
    expect(
      renderDiagnostics(
        diagnostics.filter((one) => one.severity === "error"),
        sources,
      ),
    ).toBe(`main.policy:5:13: error[E101]: no tool is called \`fs.raed\`
 5 |   allow a on fs.raed { }
   |              ^^^^^^^
  did you mean \`fs.read\`?
  help: the tools are fs.read`);
  });

  it("has colours only where they are asked for", async () => {
    const { diagnostics, sources } = await compileText(`${PRELUDE}allow a on nope { }`);
    expect(renderDiagnostics(diagnostics, sources)).not.toContain("\u001b");
    expect(renderDiagnostics(diagnostics, sources, { color: true })).toContain("\u001b[31merror[E101]\u001b[0m");
  });

  it("lets no control or direction character of a policy through", async () => {
    const { diagnostics, sources } = await compileText(
      `${PRELUDE}forbid x on fs.read { when path == "\u009b31m\u202e\u200b\u2028" and }`,
    );
    const rendered = renderDiagnostics(diagnostics, sources);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(rendered.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(rendered).toContain("\\u{202e}");
  });

  it("cuts long lines around the word at fault", async () => {
    const { diagnostics, sources } = await compileText(`${PRELUDE}forbid x on ${"fs.read, ".repeat(2000)}nope { }`);
    const rendered = renderDiagnostics(diagnostics, sources);
    expect(rendered.length).toBeLessThan(1000);
    const [, line = "", mark = ""] = rendered.split("\n");
    expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("nope");
  });

  it("relates the second declaration to the first", async () => {
    const { diagnostics, sources } = await compileText(`${PRELUDE}role support { user.mfa }`);
    expect(renderDiagnostics(diagnostics, sources)).toContain("note: declared first here (main.policy:12:6)");
  });
});

describe("suggestions", () => {
  it("are close names only", () => {
    expect(suggest("emial", ["email", "name"])).toBe("email");
    expect(suggest("suport", ["manager", "support"])).toBe("support");
    expect(suggest("FS.READ", ["fs.read"])).toBe("fs.read");
    expect(suggest("xyz", ["email", "name"])).toBeUndefined();
    expect(suggest("a".repeat(100_000), ["email"])).toBeUndefined();
  });
});
