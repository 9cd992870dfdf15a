import { describe, expect, it } from "vitest";
import { createEdge } from "../../src/broker/egress/edge.js";

describe("hosts.at", () => {
  it("says where a host listens, for one port or for all", () => {
    const { at } = createEdge({
      hosts: { at: { "Parcels.Example": "127.0.0.1:8080", "api.acme.com:443": "[::1]:9" } },
    });
    expect([...at]).toEqual([
      ["parcels.example", { pinned: { address: "127.0.0.1", family: 4 }, port: 8080 }],
      ["api.acme.com:443", { pinned: { address: "::1", family: 6 }, port: 9 }],
    ]);
  });

  it.each<[string, unknown]>([
    ["an address in place of a name", { "10.0.0.1": "127.0.0.1:80" }],
    ["an address in another spelling", { "0x7f.1": "127.0.0.1:80" }],
    ["a pattern", { "*.example": "127.0.0.1:80" }],
    ["a place without a port", { "a.example": "127.0.0.1" }],
    ["a place that is a name", { "a.example": "localhost:80" }],
    ["a port that is none", { "a.example": "127.0.0.1:0" }],
    ["a port too high", { "a.example": "127.0.0.1:65536" }],
    ["no text", { "a.example": 80 }],
    ["no object", "a.example"],
  ])("refuses %s", (_, at) => {
    expect(() => createEdge({ hosts: { at: at as never } })).toThrow("hosts.at");
  });
});
