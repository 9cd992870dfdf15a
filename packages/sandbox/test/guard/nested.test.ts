import type { Json } from "@writ/ir";
import type { NestedOutcome, SandboxCall } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { benchWith, bundleOf, fakeSandbox, type Bench } from "./fake-sandbox.js";
import { benchWithParams } from "./with-params.js";

const HEAD = `policy nested
use std.labels
tier low    { isolate inline }
tier medium { isolate process  network ["api.acme.com"]  read ["/data/**"] }
tool web.page   (url: Url) -> Text { effect egress  risk medium  labels untrusted  sink url }
tool own.script (name: Line) -> Text { effect read  risk medium  labels trusted }
allow pages on web.page { when url.host == "api.acme.com" }
allow scripts on own.script {}
`;

type Ask = (tool: string, args: Json) => Promise<NestedOutcome>;

/** A guard whose sandboxed tools do what `body` asks; the world gives what `world` says. */
async function withProgram(
  policy: string,
  body: (ask: Ask, call: SandboxCall) => Promise<unknown>,
  world: (args: Json) => Json = () => "content",
): Promise<Bench & { readonly done: Json[] }> {
  const done: Json[] = [];
  const sandbox = fakeSandbox({
    holds: ["process", "wasm", "container", "gvisor"],
    run: async (call) => {
      const ask: Ask = (tool, args) =>
        call.nested({ tool, args }, (given) => {
          done.push(given);
          return Promise.resolve(world(given));
        });
      return { status: "done", result: await body(ask, call) };
    },
  });
  return { ...(await benchWith(policy, sandbox)), done };
}

const never = (): never => {
  throw new Error("the host's function was called");
};

const page = { tool: "web.page", args: { url: "https://api.acme.com/a" } };
const script = { tool: "own.script", args: { name: "report" } };

describe("what a program asks of the world where the policy declares no tool for it", () => {
  it("is granted by the tier's lists, recorded before and after, and tied to its call", async () => {
    const made = await withProgram(HEAD, (ask) =>
      ask("net.fetch", { url: "https://api.acme.com/a?key=1", method: "GET" }),
    );
    const outcome = await made.session.call(page, never);
    expect(outcome).toMatchObject({ status: "done", result: { ok: true, result: "content" } });
    const [outer, intent, end] = made.audit.records().filter(({ type }) => type === "intent" || type === "outcome");
    expect(intent).toMatchObject({
      tool: "net.fetch",
      within: outer?.type === "intent" ? outer.call : "",
      effect: "allow",
      reasons: [{ by: "network", kind: "allow" }],
      isolation: { backend: "broker", proven: [] },
      args: { masked: { url: "https://api.acme.com/a", method: "GET" } },
    });
    expect(end).toMatchObject({ type: "outcome", tool: "net.fetch", status: "done" });
    expect(JSON.stringify(made.audit.records())).not.toContain("key=1");
  });

  it("is refused where there is no list, or nothing to write, or no such effect", async () => {
    const made = await withProgram(HEAD, async (ask) => [
      await ask("fs.write", { path: "/data/x" }),
      await ask("os.exec", { cmd: "id" }),
      await ask("__proto__", {}),
      await ask("fs.read", { path: "/data/x" }),
    ]);
    expect(await made.session.call(page, never)).toMatchObject({
      result: [
        { ok: false, message: "Refused: this tool has no files to write" },
        { ok: false, message: "Refused: there is no such effect" },
        { ok: false },
        { ok: true },
      ],
    });
    expect(made.done).toEqual([{ path: "/data/x" }]);
    const refused = made.audit.records().filter((record) => record.type === "intent" && record.effect === "forbid");
    expect(refused).toHaveLength(3);
  });

  it("is refused on record where the tier's list admits no such request", async () => {
    const asked = [
      { url: "https://evil.com/", method: "GET" },
      { url: "http://api.acme.com/", method: "GET" },
      { url: "https://api.acme.com:8443/", method: "GET" },
      { url: "https://api.acme.com", method: "GET" },
      { url: 7, method: "GET" },
      {},
    ];
    const made = await withProgram(HEAD, (ask) => Promise.all(asked.map((args) => ask("net.fetch", args as Json))));
    const outcome = await made.session.call(page, never);
    const results = outcome.status === "done" ? (outcome.result as NestedOutcome[]) : [];
    expect(results.map(({ ok }) => ok)).toEqual(asked.map(() => false));
    expect(made.done).toEqual([]);
    const refused = made.audit.records().filter((record) => record.type === "intent" && record.effect === "forbid");
    expect(refused).toHaveLength(asked.length);
  });

  it("sends nothing for a tool that the policy's flows were not asked about", async () => {
    const flows = `${HEAD}flow pii -> egress forbid\n`;
    const made = await withProgram(flows, (ask) => ask("net.fetch", { url: "https://api.acme.com/", method: "GET" }));
    expect(await made.session.call(script, never)).toMatchObject({ result: { ok: false } });
    expect(made.done).toEqual([]);
  });

  it("fails the program's ask, not the call, where the world fails; and nothing is told of the host", async () => {
    const made = await withProgram(
      HEAD,
      (ask) => ask("net.fetch", { url: "https://api.acme.com/", method: "GET" }),
      () => {
        throw new Error("no route");
      },
    );
    expect(await made.session.call(page, never)).toMatchObject({
      status: "done",
      result: { ok: false, message: "no route" },
    });
    expect(made.audit.records().at(-2)).toMatchObject({
      type: "outcome",
      tool: "net.fetch",
      status: "failed",
      error: "Error",
    });
  });

  it("is bounded in number at once", async () => {
    const made = await withProgram(HEAD, (ask) =>
      Promise.all(Array.from({ length: 40 }, () => ask("net.fetch", { url: "https://api.acme.com/", method: "GET" }))),
    );
    const outcome = await made.session.call(page, never);
    const results = outcome.status === "done" ? (outcome.result as NestedOutcome[]) : [];
    expect(results.filter(({ ok }) => ok)).toHaveLength(32);
    expect(made.done).toHaveLength(32);
  });
});

describe("what a program asks of the world where the policy declares a tool for it", () => {
  const DECLARED = `${HEAD}
identity user { id: Id }
tool fs.read (path: Path) -> Text { effect read  risk low  labels trusted  labels by path { "/data/hr/**": pii } }
tool net.fetch (url: Url, method: Line) -> Json { effect egress  risk low  sink url  labels untrusted }
allow files on fs.read { when path under "/data" }
flow pii -> egress forbid
`;

  it("takes the way of every call: decided, recorded, and tied to its call", async () => {
    const made = await withProgram(DECLARED, async (ask) => [
      await ask("fs.read", { path: "/data/../data/a" }),
      await ask("fs.read", { path: "/etc/passwd" }),
      await ask("fs.read", { path: "/data/a", mode: "raw" }),
    ]);
    const outcome = await made.session.call(script, never);
    expect(outcome).toMatchObject({ status: "done", result: [{ ok: true }, { ok: false }, { ok: false }] });
    expect(made.done).toEqual([{ path: "/data/a" }]); // the canonical one
    const intents = made.audit.records().flatMap((record) => (record.type === "intent" ? [record] : []));
    expect(intents.map(({ tool, effect, within }) => [tool, effect, within])).toEqual([
      ["own.script", "allow", undefined],
      ["fs.read", "allow", intents[0]?.call],
      ["fs.read", "forbid", intents[0]?.call],
      ["fs.read", "forbid", intents[0]?.call],
    ]);
    expect(intents[1]).toMatchObject({ isolation: { backend: "broker", proven: [] } });
  });

  it("knows what the program has read: what is personal does not leave by another ask", async () => {
    const grant = `${DECLARED}allow fetch on net.fetch { when url.host == "api.acme.com" }\n`;
    const made = await withProgram(grant, async (ask) => {
      const before = await ask("net.fetch", { url: "https://api.acme.com/", method: "GET" });
      await ask("fs.read", { path: "/data/hr/salaries" });
      // Its own words, and nothing of the file in them that anybody could find.
      const after = await ask("net.fetch", { url: "https://api.acme.com/?q=eG9y", method: "GET" });
      return [before, after];
    });
    expect(await made.session.call(script, never)).toMatchObject({ result: [{ ok: true }, { ok: false }] });
  });

  it("labels the result of the call by what its program has read", async () => {
    const made = await withProgram(DECLARED, async (ask) => {
      await ask("fs.read", { path: "/data/hr/salaries" });
      return "nothing of it";
    });
    await made.session.call(script, never);
    const last = made.audit.records().at(-1);
    expect(last).toMatchObject({ type: "outcome", tool: "own.script" });
    expect(last?.type === "outcome" ? last.labels : []).toContain("pii");
  });

  it("a network of the tool's own grants its fetches, and no forbid gives way to it", async () => {
    const listed = `${DECLARED}tool web.api (to: Host) -> Json { effect egress  risk medium  network ["api.acme.com"]  sink to }
allow api on web.api { when to == "api.acme.com" }
forbid posts on net.fetch { when method == "POST" }
`;
    const made = await withProgram(listed, async (ask) => [
      await ask("net.fetch", { url: "https://api.acme.com/", method: "GET" }),
      await ask("net.fetch", { url: "https://api.acme.com/", method: "POST" }),
    ]);
    const outcome = await made.session.call({ tool: "web.api", args: { to: "api.acme.com" } }, never);
    expect(outcome).toMatchObject({ result: [{ ok: true }, { ok: false }] });
    const granted = made.audit.records().find((record) => record.type === "intent" && record.tool === "net.fetch");
    expect(granted).toMatchObject({ reasons: [{ by: "network", kind: "allow" }] });
    // Without a network of its own nothing grants it.
    expect(await made.session.call(page, never)).toMatchObject({ result: [{ ok: false }, { ok: false }] });
  });

  it("asks a person outside, and tells the program that it waits", async () => {
    const asking = `${DECLARED}role lead { user.id == "lea" }
ask fetch on net.fetch { when url.host == "api.acme.com"  from lead }
`;
    const made = await withProgram(asking, async (ask) => {
      const got = await ask("net.fetch", { url: "https://api.acme.com/", method: "GET" });
      return got.ok ? "read" : "waits";
    });
    expect(await made.session.call(script, never)).toMatchObject({ result: "waits" });
    const [approval] = await made.guard.approvals.list();
    expect(approval?.tool).toBe("net.fetch");
    const resolved = await made.guard.approvals.resolve(approval?.id ?? "", { grant: true, by: { id: "lea" } });
    expect(resolved).toMatchObject({ ok: true });
    expect(await made.session.call(script, never)).toMatchObject({ result: "read" });
    expect(made.done).toHaveLength(1);
  });
});

describe("what of the host's files a call may see", () => {
  it("is what its grants say its paths lie under, without what it lacks the label for", async () => {
    const seen: SandboxCall["tier"]["mounts"][] = [];
    const policy = `policy mounts
use std.labels
param work: Path
tier low    { isolate inline }
tier medium { isolate process }
tier high   { isolate container }
tool fs.read (path: Path) -> Text { effect read  risk low  labels trusted  labels by path { "**/.env*": secret } }
tool shell.run (cmd: Command, cwd: Path) -> Text { effect exec  risk medium }
tool grep.all (cwd: Path) -> Text { effect read  risk medium  labels secret }
tool report.make (name: Line) -> Text { effect read  risk high }
allow run on shell.run { when cwd under work and not cmd.dynamic }
allow grep on grep.all { when cwd under "/repo/src" }
allow report on report.make {}
`;
    const sandbox = fakeSandbox({
      holds: ["process", "container"],
      run: (call) => {
        seen.push(call.tier.mounts);
        return Promise.resolve({ status: "done", result: "" });
      },
    });
    const { session } = await benchWithParams(policy, sandbox, { work: "/repo" });
    await session.call({ tool: "shell.run", args: { cmd: "ls", cwd: "/repo/a" } }, never);
    await session.call({ tool: "grep.all", args: { cwd: "/repo/src" } }, never);
    await session.call({ tool: "report.make", args: { name: "x" } }, never);
    expect(seen).toEqual([
      [{ path: "/repo", mode: "write", hidden: ["**/.env*"] }],
      [{ path: "/repo/src", mode: "read", hidden: [] }],
      [],
    ]);
  });

  it("is no more for an agent than for those it acts for, and what a grant says twice narrows", async () => {
    const seen: (readonly string[])[] = [];
    const policy = (folder: string): string => `policy delegated
use std.labels
tier low    { isolate inline }
tier medium { isolate process }
tool grep.all (cwd: Path) -> Text { effect read, egress  risk medium  labels trusted  sink cwd  network ["a.example"] }
allow grep on grep.all { when cwd under "${folder}" and cwd under "/repo" }
`;
    const sandbox = fakeSandbox({
      holds: ["process"],
      run: (call) => {
        seen.push(call.tier.mounts.map(({ path }) => path));
        return Promise.resolve({ status: "done", result: "" });
      },
    });
    const { session } = await benchWithParams(policy("/repo/src"), sandbox, {});
    await session.call({ tool: "grep.all", args: { cwd: "/repo/src/x" } }, never);
    const narrower = await bundleOf(policy("/repo/src/x"));
    const helper = await session.delegate({ agent: { id: "helper" }, policy: narrower });
    await helper.call({ tool: "grep.all", args: { cwd: "/repo/src/x" } }, never);
    expect(seen).toEqual([["/repo/src"], ["/repo/src/x"]]);
  });
});
