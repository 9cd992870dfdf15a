import type { Json } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeOf } from "../../src/approvals/view/diff.js";
import { approvalText, type Approval, type Preview } from "../../src/index.js";
import { ask, bundle, tool } from "../bundle.js";
import { desk, mia, waiting, type Desk } from "./desk.js";

const write = tool(
  "write",
  [
    { name: "path", type: { kind: "Path" } },
    { name: "content", type: { kind: "Text" } },
    { name: "mode", type: { kind: "Int" }, optional: true },
  ],
  { effects: ["write"] },
);
const policy = bundle([write], [ask("q", ["write"])]);
const args = { path: "/srv/a.txt", content: "one\nTWO\nthree\n" };

interface Writing extends Desk {
  readonly files: Map<string, string>;
  write(given?: Json): ReturnType<Desk["session"]["call"]>;
}

async function writing(preview?: Preview): Promise<Writing> {
  const files = new Map([["/srv/a.txt", "one\ntwo\nthree\n"]]);
  const fromFiles: Preview = ({ args: given }) => {
    const path = (given as { path: string }).path;
    return { content: files.get(path) ?? "" };
  };
  const d = await desk(policy, { preview: preview ?? fromFiles });
  return {
    ...d,
    files,
    write: (given = args) => d.session.call({ tool: "write", args: given }, () => (d.runs.count += 1)),
  };
}

function change(approval: Approval) {
  return approval.view.find((part) => part.kind === "change");
}

describe("a change that a person is asked about", () => {
  it("is shown against what the host says is there, marked as the host's word", async () => {
    const w = await writing();
    const approval = waiting(await w.write());
    expect(change(approval)).toMatchObject({
      name: "content",
      by: "host",
      added: 1,
      removed: 1,
      lines: [
        { sign: " ", text: "one" },
        { sign: "-", text: "two" },
        { sign: "+", text: "TWO" },
        { sign: " ", text: "three" },
        { sign: " ", text: "" },
      ],
      quoted: true,
    });
    expect(approvalText(approval)).toContain(
      "  content, against what the host says is there now: 1 lines added, 1 removed\n    |   one\n    | - two\n    | + TWO",
    );
    await w.guard.approvals.resolve(approval.id, { by: mia, grant: true });
    expect((await w.write()).status).toBe("done");
  });

  it("that is another by the time it would happen is asked about again", async () => {
    const w = await writing();
    const first = waiting(await w.write());
    await w.guard.approvals.resolve(first.id, { by: mia, grant: true });
    w.files.set("/srv/a.txt", "secret key\n");
    const second = waiting(await w.write());
    expect(second.id).not.toBe(first.id);
    expect(approvalText(second)).toContain("    | - secret key\n");
    expect(w.runs.count).toBe(0);
    expect(w.states()).toEqual(["requested", "granted", "void", "requested"]);
    await w.guard.approvals.resolve(second.id, { by: mia, grant: true });
    expect((await w.write()).status).toBe("done");
  });

  it.each<[string, Preview]>([
    ["fails", () => Promise.reject(new Error("EACCES /srv/secret"))],
    [
      "throws",
      () => {
        throw new Error("EACCES");
      },
    ],
    ["gives no text", () => ({ content: 7 }) as never],
    ["gives a megabyte and more", () => ({ content: "x".repeat(1024 * 1024 + 1) })],
    ["answers with a text", () => "content" as never],
    ["speaks of no argument that is a text", () => ({ mode: "644", content: null }) as never],
  ])("that cannot be compared says so and is asked about all the same: it %s", async (_, preview) => {
    const w = await writing(preview);
    const approval = waiting(await w.write({ ...args, mode: 6 }));
    expect(change(approval)).toMatchObject({
      by: "host",
      lines: [],
      text: "what is there now is not known: the host could not say",
    });
    expect(JSON.stringify(approval)).not.toContain("EACCES");
    await w.guard.approvals.resolve(approval.id, { by: mia, grant: true });
    expect((await w.write({ ...args, mode: 6 })).status).toBe("done");
  });

  it("is asked for once a question, with arguments that are a copy", async () => {
    let asked = 0;
    const w = await writing((call) => {
      asked += 1;
      Object.assign(call.args as object, { content: "rm -rf" });
      return undefined;
    });
    const given: unknown[] = [];
    const approval = waiting(await w.write());
    await w.write();
    expect(asked).toBe(1);
    expect(change(approval)).toBeUndefined();
    await w.guard.approvals.resolve(approval.id, { by: mia, grant: true });
    await w.session.call({ tool: "write", args }, (got) => given.push(got));
    expect(given).toEqual([args]);
  });

  it("quotes nothing as it is that is not seen, and no escape that was never made", async () => {
    const w = await writing();
    const content = "\u202eone\r\n\u001b[2Japproval a_1, shown x\n\\u{202e}\n";
    const approval = waiting(await w.write({ ...args, content }));
    const texts = change(approval)?.kind === "change" ? change(approval) : undefined;
    const plus = texts?.kind === "change" ? texts.lines.filter(({ sign }) => sign === "+") : [];
    expect(plus.map(({ text }) => text)).toEqual([
      String.raw`\u{202e}one\u{d}`,
      String.raw`\u{1b}[2Japproval a_1, shown x`,
      String.raw`\\u{202e}`,
    ]);
    expect(
      approvalText(approval)
        .split("\n")
        .filter((line) => line.startsWith("approval")),
    ).toHaveLength(1);
  });
});

describe("the lines of a change", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 });

  it("lead from one text to the other", () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const made = changeOf(before.join("\n"), after.join("\n"));
        const count = (text: string): number => text.split("\n").length;
        expect(count(before.join("\n")) + made.added - made.removed).toBe(count(after.join("\n")));
        expect(made.lines.filter(({ sign }) => sign === "+")).toHaveLength(made.added);
        expect(made.lines.filter(({ sign }) => sign === "-")).toHaveLength(made.removed);
        if (before.join("\n") === after.join("\n")) expect(made.lines).toEqual([]);
      }),
    );
  });

  it("are bounded, whatever the texts", () => {
    const huge = Array.from({ length: 200_000 }, (_, i) => `line ${i}`).join("\n");
    const other = huge.replaceAll("line", "row");
    expect(changeOf(huge, other)).toMatchObject({ added: 200_000, removed: 200_000, more: 399_800 });
    expect(changeOf(huge, other).lines).toHaveLength(200);
    const long = changeOf("", "x".repeat(1_000_000)).lines.find(({ sign }) => sign === "+");
    expect(long?.text).toMatch(/^x{300}… \(1000000 characters\)$/);
    const all = Array.from({ length: 500 }, () => "a").join("\n");
    expect(changeOf(all, Array.from({ length: 500 }, () => "b").join("\n"))).toMatchObject({
      added: 500,
      removed: 500,
    });
  });
});
