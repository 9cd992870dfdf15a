import { describe, expect, test } from "vitest";
import { foreignTo } from "../workshop/examples.mjs";

const manifests = [
  { name: "@writ/runtime" },
  { name: "@writ/graph", dependencies: { "@writ/runtime": "1" }, peerDependencies: { graph: ">=1.0.0 <2" } },
  { name: "@writ/chain", dependencies: { "@writ/graph": "1" }, peerDependencies: { chain: "1", graph: "1" } },
  { name: "@writ/chat", peerDependencies: { chat: "1" } },
];
const paths = (...names: string[]): string[] => ["", ...names.map((name) => `node_modules/${name}`)];

describe("an example that was installed elsewhere", () => {
  test("has the framework that it is for, what our packages for it need, and what the framework itself brings", () => {
    const installed = paths("@writ/runtime", "@writ/graph", "graph", "@writ/chain", "chain", "graph/node_modules/ws");
    expect(foreignTo({ "@writ/chain": "1", chain: "1" }, manifests, installed)).toEqual([]);
  });
  test.each(["chat", "@writ/chat", "chain", "@writ/chain", "x/node_modules/chat"])("did not ask for %s", (name) => {
    const installed = paths("@writ/runtime", "@writ/graph", "graph", "chatter", name);
    expect(foreignTo({ "@writ/graph": "1", graph: "1" }, manifests, installed)).toEqual([`node_modules/${name}`]);
  });
});
