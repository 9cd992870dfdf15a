import { describe, expect, it } from "vitest";
import { KEY, PATHS, world } from "./support.js";

describe.each(PATHS)("%s", (path) => {
  it("a mixed turn: what is allowed runs, the rest is answered, and the model goes on", async () => {
    const w = await world(path, {
      script: [
        [
          { name: "note", args: { x: "a" } },
          { name: "vault", args: { x: "b" } },
          { name: "boom", args: { x: "c" } },
          { name: "secret", args: { x: "d" } },
          { name: "kept", args: { x: "e" } },
        ],
      ],
    });
    const out = await w.start();
    expect(out.done).toBe(true);
    expect(Object.fromEntries(out.answers.map(([id, type, text]) => [id, [type, text]]))).toEqual({
      c1: ["text", "noted-a"],
      c2: ["execution-denied", "Refused by policy. Use note instead."],
      c3: ["error-text", "Error: kaput"],
      c4: ["text", expect.not.stringContaining(KEY)],
      c5: ["error-text", expect.stringContaining("keeps its result back")],
    });
    expect(w.ran.map(({ tool }) => tool)).toEqual(["note", "boom", "secret", "kept"]);
    expect(JSON.stringify(w.messages)).not.toContain("hidden_rule");
  });
});
