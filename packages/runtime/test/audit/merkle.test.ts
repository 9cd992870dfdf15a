import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MerkleFrontier } from "../../src/audit/merkle.js";

/** RFC 6962 section 2.1, word for word: split at the largest power of two below n. */
function root(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash("sha256").digest();
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return createHash("sha256")
    .update(Buffer.of(1))
    .update(root(leaves.slice(0, k)))
    .update(root(leaves.slice(k)))
    .digest();
}

function leaf(data: Buffer): Buffer {
  return createHash("sha256").update(Buffer.of(0)).update(data).digest();
}

describe("the Merkle tree", () => {
  it("has the roots that Certificate Transparency publishes for its test leaves", () => {
    const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const roots = [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    const tree = new MerkleFrontier();
    expect(tree.root()).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (const [i, data] of leaves.entries()) {
      tree.append(leaf(Buffer.from(data, "hex")).toString("hex"));
      expect(tree.root()).toBe(roots[i]);
    }
  });

  it("has the RFC's root at every size up to 300", () => {
    const leaves: Buffer[] = [];
    const tree = new MerkleFrontier();
    for (let n = 0; n < 300; n += 1) {
      expect(tree.root()).toBe(root(leaves).toString("hex"));
      const next = leaf(Buffer.from(`record ${n}`));
      leaves.push(next);
      tree.append(next.toString("hex"));
    }
    expect(tree.size).toBe(300);
  });
});
