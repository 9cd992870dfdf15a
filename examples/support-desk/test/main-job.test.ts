import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyAudit } from "@writ/runtime/node";
import { describe, expect, it } from "vitest";
import { PATIENCE, ANN, dataFolder, desk, mailbox, refunds, STRANGER, writ } from "./support/desk.js";

describe("the main job without a terminal", PATIENCE, () => {
  it("shows the attack succeed unguarded and fail guarded, and leaves the large refund waiting", async () => {
    const data = dataFolder();
    const { code, out, err } = await desk(["--data", data]);
    expect({ code, err }).toEqual({ code: 0, err: "" });

    expect(mailbox(data, "unguarded", STRANGER)).toHaveLength(1);
    expect(mailbox(data, "unguarded", STRANGER)[0]).toContain("4000 0000 0000 0002");
    expect(refunds(data, "unguarded")).toEqual(["c666 90000", "c9 2000", "c9 12000"]);

    expect(mailbox(data, "guarded", STRANGER)).toEqual([]);
    expect(mailbox(data, "guarded", ANN)).toHaveLength(1);
    expect(mailbox(data, "guarded", ANN)[0]).toContain("two days late");
    expect(refunds(data, "guarded")).toEqual(["c9 2000"]);

    expect(out).toContain("gullible by construction");
    expect(out).toMatch(/✓ report\.make\(2026-11\) +allowed +allow report \(support\.policy:\d+\)/);
    // With a container engine the shell runs in it; without, nothing runs, and the one thing that would help is said.
    expect(out).toMatch(
      /✓ shell\.run\(uname -s\) +allowed|✗ shell\.run\(uname -s\) +refused\n +tier high isolates in container/,
    );
    expect(out).toMatch(/ran in +crm\.lookup: inline, web\.fetch: quickjs, net\.fetch: broker,/);
    expect(out).toMatch(/✓ crm\.lookup\(c9\) +allowed +allow lookup \(support\.policy:\d+\)/);
    expect(out).toMatch(
      /✗ email\.send\(stranger@evil\.test\) +refused +flow pii_to_egress \(support\.policy:\d+\)\n.*\[pii: subject and body from crm\.lookup\]/,
    );
    expect(out).toMatch(
      /✗ payments\.refund\(c666, 900 USD\) +refused +flow payee_from_page \(support\.policy:\d+\)\n.*\[untrusted: customer and amount from web\.fetch\]/,
    );
    expect(out).toMatch(/\? payments\.refund\(c9, 120 USD\) +asks +ask big_refund \(support\.policy:\d+\)/);
    expect(out).toMatch(/stands in +customer: the user, crm\.lookup, web\.fetch; amount: the user\n/);
    expect(out).toContain("there is no terminal and neither --approve nor --reject");
    expect(out).toMatch(/reads +median .* no fdatasync waited for/);
  });

  it("keeps to 110 columns, to printable characters, and to ASCII where the locale has no more", async () => {
    const data = dataFolder();
    const { out } = await desk(["--data", data], { LANG: "C", LC_ALL: "C", LC_CTYPE: "C" });
    expect(out).toMatch(/^[\n\x20-\x7e]*$/);
    const paths = new RegExp(`^.*${data}.*$`, "gm"); // the temporary folder's name is as long as it is
    expect(
      out
        .replaceAll(paths, "")
        .split("\n")
        .filter((line) => line.length > 110),
    ).toEqual([]);
  });

  it("pays the large refund with --approve, and again in the runs after it over the same log", async () => {
    const data = dataFolder();
    const counts: number[] = [];
    for (let day = 0; day < 3; day += 1) {
      const { code, out } = await desk(["--approve", "--data", data]);
      expect(code).toBe(0);
      expect(out).toContain("mia agrees (by --approve)");
      expect(out).toMatch(/✓ payments\.refund\(c9, 120 USD\) +agreed/);
      expect(refunds(data, "guarded")).toEqual(["c9 2000", "c9 12000"]);
      const verified = await verifyAudit(join(data, ".writ", "audit"));
      expect(verified).toMatchObject({ ok: true, unsigned: 0 });
      counts.push(verified.records);
    }
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(counts).size).toBe(3);
  });

  it("does not pay it with --reject", async () => {
    const data = dataFolder();
    const { code, out } = await desk(["--reject", "--data", data]);
    expect(code).toBe(0);
    expect(out).toMatch(/✗ payments\.refund\(c9, 120 USD\) +refused +rejected by mia/);
    expect(refunds(data, "guarded")).toEqual(["c9 2000"]);
  });

  it("leaves a log in which one changed byte is found, by the command it names too, and which is not continued", async () => {
    const data = dataFolder();
    const { out } = await desk(["--data", data]);
    const audit = join(data, ".writ", "audit");
    expect(out).toMatch(new RegExp(`(writ\\.js|npx writ) audit verify ${audit}\n`));
    expect((await writ(["audit", "verify", audit])).code).toBe(0);

    const log = join(audit, "log.jsonl");
    const lines = readFileSync(log, "utf8").split("\n");
    const refusal = lines.findIndex((line) => line.includes(STRANGER));
    expect(refusal).toBeGreaterThan(0);
    writeFileSync(log, readFileSync(log, "utf8").replace(STRANGER, "strangep@evil.test"));
    expect(await verifyAudit(audit)).toMatchObject({ ok: false, problems: [{ code: "edited", line: refusal + 1 }] });
    const found = await writ(["audit", "verify", audit]);
    expect(found.code).toBe(2);
    expect(found.out).toContain(`Record ${refusal} was changed`);

    const again = await desk(["--approve", "--data", data]);
    expect(again.code).toBe(1);
    expect(again.out).toMatch(/the guard does not start[^]*does not verify[^]*begin anew here: move/);
    expect(refunds(data, "guarded")).toEqual([]);
  });

  it("leaves a log whose last record cannot be taken away unseen", async () => {
    const data = dataFolder();
    await desk(["--data", data]);
    const audit = join(data, ".writ", "audit");
    const log = join(audit, "log.jsonl");
    const lines = readFileSync(log, "utf8").trimEnd().split("\n");
    writeFileSync(log, `${lines.slice(0, -1).join("\n")}\n`);
    const found = await writ(["audit", "verify", audit]);
    expect(found.code).toBe(2);
    expect(found.out).toContain("NOT VERIFIED");
  });
});

describe("the command line", PATIENCE, () => {
  it("says what it takes, and refuses what it does not know", async () => {
    const [help, unknown, both] = await Promise.all([
      desk(["--help"]),
      desk(["--aprove"]),
      desk(["--approve", "--reject"]),
    ]);
    expect(help.code).toBe(0);
    expect(help.out).toContain("--approve");
    expect(unknown).toMatchObject({ code: 2, out: "" });
    expect(unknown.err).toContain("--aprove");
    expect(both.code).toBe(2);
    expect(both.err).toContain("exclude");
  });
});
