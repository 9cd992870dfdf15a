import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseVerifierKey, verifyCheckpoint, type VerifierKey } from "../../src/audit/checkpoint.js";
import { signer } from "./signed-log.js";

function key(text: string): VerifierKey {
  const parsed = parseVerifierKey(text);
  if (parsed === undefined) throw new Error("not a key");
  return parsed;
}

describe("a checkpoint", () => {
  it("is a C2SP tlog-checkpoint, read here by the specification's text alone", () => {
    const made = signer("example.com/log42");
    const note = made.checkpoint(["ab".repeat(32), "cd".repeat(32)]);
    // The text is separated from the signatures by the last empty line, and includes its final newline.
    const split = note.lastIndexOf("\n\n");
    const text = note.slice(0, split + 1);
    const [origin, size, root, end] = text.split("\n");
    expect([origin, size, end]).toEqual(["example.com/log42", "2", ""]);
    const expected = createHash("sha256")
      .update(Buffer.of(1))
      .update(Buffer.from("ab".repeat(32) + "cd".repeat(32), "hex"))
      .digest();
    expect(root).toBe(expected.toString("base64"));
    // Em dash, space, key name, space, base64 of key id and signature, newline.
    const line = /^\u2014 (\S+) (\S+)\n$/.exec(note.slice(split + 2));
    expect(line?.[1]).toBe("example.com/log42");
    const signature = Buffer.from(line?.[2] ?? "", "base64");
    expect(signature.length).toBe(4 + 64);
    // The verifier key carries type 0x01 and 32 bytes of Ed25519; the key id is SHA-256(name || 0x0A || 0x01 || key)[:4].
    const [name, id, encoded] = made.publicKey.split("+", 2).concat(made.publicKey.split("+").slice(2).join("+"));
    const typed = Buffer.from(encoded ?? "", "base64");
    expect([name, typed[0], typed.length]).toEqual(["example.com/log42", 1, 33]);
    const keyId = createHash("sha256").update(`${name}\n`).update(typed).digest().subarray(0, 4);
    expect(signature.subarray(0, 4)).toEqual(keyId);
    expect(id).toBe(keyId.toString("hex"));
    const publicKey = createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: typed.subarray(1).toString("base64url") },
      format: "jwk",
    });
    expect(verifySignature(null, Buffer.from(text), publicKey, signature.subarray(4))).toBe(true);
  });

  it("of another implementation is understood: the Go checksum database's, under its published key", async () => {
    const go = key("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
    const note = [
      "go.sum database tree",
      "15067302",
      "gJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=",
      "",
      "— sum.golang.org Az3grp1rvWOs5NKlr/xR4GLN/CDyzzakmt1o61uSxYKpK1SerqOP2ClbX/peKUZjYnyomH5Xz7GZG3TpB7OeKn4E2ww=",
      "— test.example.com qTGhC/xIPQ0AXKHK6Y+9ypRfuvMZWPjRXM8NiOg5M1WREn07VQXyuIXM3NRNav3ieVFLUqDRK77PWDmL6w8w84UqeAw=",
      "",
    ].join("\n");
    // Its signature is good. Its origin is not the key's name, as in every log of Writ, and that is all that is wrong.
    expect(await verifyCheckpoint(note, go)).toMatchObject({
      ok: false,
      code: "bad_checkpoint",
      head: { size: 15_067_302 },
    });
    expect(await verifyCheckpoint(note.replace("15067302", "15067303"), go)).toMatchObject({
      ok: false,
      code: "bad_signature",
    });
  });

  it("may carry signatures of witnesses, which are ignored", async () => {
    const made = signer();
    const note = `${made.checkpoint([])}— witness.example/w1 ${Buffer.alloc(76, 7).toString("base64")}\n`;
    expect(await verifyCheckpoint(note, key(made.publicKey))).toMatchObject({ ok: true, head: { size: 0 } });
  });

  it("is refused whole when one of two signatures by the log's key is bad", async () => {
    const made = signer();
    const note = made.checkpoint([]);
    const line = note.slice(note.lastIndexOf("— "));
    const bytes = Buffer.from(line.trim().split(" ")[2] ?? "", "base64");
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    expect(
      await verifyCheckpoint(`${note}— writ-audit/test ${bytes.toString("base64")}\n`, key(made.publicKey)),
    ).toMatchObject({ ok: false, code: "bad_signature" });
  });

  it.each([
    "",
    "\n\n",
    "x",
    "a\n1\n\n— b c\n",
    "a\n01\nAAAA\n\n— b c\n",
    "a\n-1\n\n",
    "— ".repeat(10_000),
    "a\u0000\n1\n\n— b c\n",
  ])("is refused without an exception as %j", async (note) => {
    expect(await verifyCheckpoint(note, key(signer().publicKey))).toMatchObject({ ok: false, code: "bad_checkpoint" });
  });
});
