import { bundleExpressions, printExpression, walk, type Expression } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { bundleOf, last, when } from "./language.js";

const CONDITIONS: readonly (readonly [tool: string, condition: string, printed: string])[] = [
  ["fs.read", "path under work", "path under work"],
  ["mail.send", "every to in allowed", "every to in allowed"],
  ["fs.read", 'risk(user.id) >= 80 and not known("a@b.com")', 'risk(user.id) >= 80 and not known("a@b.com")'],
  [
    "mail.send",
    'some subject.urls.host in ["evil.test"] or every arg of Text like "x"',
    'some subject.urls.host in ["evil.test"] or every arg of Text like "x"',
  ],
  ["fs.read", "path in said or path not in said", "path in said or not path in said"],
  ["mail.send", "some to in said", "some to in said"],
  ["mail.send", 'every sinks.domain in ["acme.com"]', 'every sinks.domain in ["acme.com"]'],
  ["mail.send", "asked pay or not asked pay", "asked pay or not asked pay"],
  ["mail.send", "subject from untrusted or some to from claimed", "subject from untrusted or some to from claimed"],
  ["mail.send", "subject contains secrets", "subject contains secrets"],
  ["mail.send", 'subject contains "secrets"', 'subject contains "secrets"'],
  ["mail.send", "subject contains [cards, email]", "subject contains cards, email"],
  [
    "sh.run",
    'every cmd.programs in ["npm"] and not cmd.dynamic and cmd.pipes < 2',
    'every cmd.programs in ["npm"] and not cmd.dynamic and cmd.pipes < 2',
  ],
  [
    "sh.run",
    'cmd == "npm test" or some cmd.writes == "x" or cmd.flags has "-f"',
    'cmd == "npm test" or some cmd.writes == "x" or "-f" in cmd.flags',
  ],
  ["sh.run", "some arg of Command has dynamic", "some arg of Command.dynamic"],
  [
    "db.query",
    'sql.readonly and every sql.tables in ["orders"] and sql.limit <= 10',
    'sql.readonly and every sql.tables in ["orders"] and sql.limit <= 10',
  ],
  ["db.query", 'some arg of Sql<"postgresql"> has filtered', 'some arg of Sql<"postgresql">.filtered'],
  [
    "net.dial",
    'ip in ["10.0.0.0/8", "2001:DB8::/32", "192.0.2.1"] and not ip.private',
    'ip in ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"] and not ip.private',
  ],
  ["net.dial", 'host in ["10.0.0.0/8", "*.acme.com"]', 'host in ["10.0.0.0/8", "*.acme.com"]'],
  ["net.dial", 'ip == "192.0.2.1"', 'ip == "192.0.2.1"'],
  ["fs.read", 'path like glob("**/x")', 'path like "**/x"'],
];

describe("conditions", () => {
  for (const [tool, condition, printed] of CONDITIONS) {
    it(`${condition} on ${tool}`, async () => {
      expect(await when(`forbid z on ${tool} { when ${condition} }`)).toBe(printed);
    });
  }

  it("ask of lets what they ask of rules", async () => {
    const text = "let risky = risk(user.id) > 3 or asked pay or did fs.read\nforbid z on fs.list { when risky }";
    expect(await when(text)).toBe("risk(user.id) > 3 or asked pay or did fs.read ok");
  });

  it("read names of the conversation as arguments where they are none", async () => {
    const text = `tool gh.issue (labels: [Text], source: Text, readers: Text, result: Text, first_seen: Bool) { effect write risk low }
forbid z on gh.issue { when labels has "bug" and source == "x" and result == readers and first_seen }`;
    expect(await when(text)).toBe('"bug" in labels and source == "x" and result == readers and first_seen');
    expect(
      printExpression(
        last(await bundleOf(`${text}\nflow pii -> gh.issue forbid { when args.labels has "bug" and labels has pii }`))
          .when,
      ),
    ).toBe('labels reach pii and "bug" in labels and labels reach pii');
  });

  it("have a place at every node", async () => {
    const bundle = await bundleOf(
      'flow pii -> egress forbid { unless every sinks in readers }\nrequire r on fs.list { after sh.run(cmd == "x" and result.exit == 0) ok }\nforbid f on mail.send { when subject contains secrets and some to in said and risk(user.id) > 1 }',
    );
    const ops = new Set<Expression["op"]>();
    for (const { node } of bundleExpressions(bundle)) {
      walk(node, (inner) => {
        ops.add(inner.op);
        expect(inner.at).toHaveLength(5);
        expect(inner.at[1]).toBeLessThan(inner.at[2]);
      });
    }
    for (const op of ["labelled", "readable", "sinks", "did", "result", "detects", "said", "fact"] as const)
      expect(ops).toContain(op);
  });
});
