import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, format, memoryHost } from "@writ/policy";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { policyOf } from "../src/import/document.js";
import { toolsOf } from "../src/import/tool-lists.js";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const options = { name: "imported.t", group: undefined, from: "t.json" };

function imported(document: unknown, more: Partial<{ group: string }> = {}): string {
  return policyOf(toolsOf(document, "t.json"), { ...options, ...more }).text;
}

/** The declaration of a tool, its comments and guesses left out. */
function declaration(text: string, name: string): string {
  const plain = text.replaceAll(/ *#.*$/gm, "").replaceAll(/\n{2,}/g, "\n");
  const start = plain.search(new RegExp(`^tool .*\\b${name.replaceAll(".", "\\.")} \\(`, "m"));
  return plain.slice(start, plain.indexOf("\n}", start) + 2);
}

const schema = (properties: object, required: readonly string[] = []): object => ({
  type: "object",
  properties,
  required,
});
const one = (name: string, properties: object = {}, required: readonly string[] = []): object => ({
  name,
  description: "",
  parameters: schema(properties, required),
});

describe("where tools come from", () => {
  const parameters = schema({ to: { type: "string", format: "email" } }, ["to"]);
  const expected =
    "tool send (to: Email) -> Json {\n  effect  egress\n  risk    high\n  labels  untrusted\n  sink    to\n}";
  test.each([
    ["an array with parameters", [{ name: "send", parameters }]],
    ["an array with input_schema", [{ name: "send", input_schema: parameters }]],
    ["functions inside tools", [{ type: "function", function: { name: "send", parameters } }]],
    ["the result of tools/list", { tools: [{ name: "send", inputSchema: parameters }] }],
    [
      "the response of tools/list",
      { jsonrpc: "2.0", id: 1, result: { tools: [{ name: "send", inputSchema: parameters }] } },
    ],
    ["one tool", { name: "send", parameters }],
  ])("%s", (_, document) => {
    expect(declaration(imported(document), "send")).toBe(expected);
  });

  test("groups by name, and a group that is given", () => {
    expect(declaration(imported({ mail: [{ name: "send", parameters }] }), "mail.send")).toMatch(
      /^tool "send" as mail\.send \(/,
    );
    expect(declaration(imported([{ name: "send", parameters }], { group: "crm" }), "crm.send")).toMatch(
      /^tool "send" as crm\.send \(/,
    );
  });

  test("OpenAPI 3: parameters and the fields of the body, references, hosts", () => {
    const text = imported({
      openapi: "3.1.0",
      servers: [{ url: "https://api.acme.com/v1" }],
      paths: {
        "/pets/{id}": {
          parameters: [{ $ref: "#/components/parameters/id" }],
          get: {
            operationId: "getPet",
            responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } } },
          },
          put: {
            parameters: [{ name: "X-Trace", in: "header", schema: {} }],
            requestBody: {
              required: true,
              content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
            },
          },
          delete: { operationId: "removePet" },
        },
        "/hooks": {
          post: {
            operationId: "addHook",
            requestBody: {
              content: { "application/json": { schema: schema({ url: { type: "string", format: "uri" } }, ["url"]) } },
            },
          },
        },
      },
      components: {
        parameters: { id: { name: "id", in: "path", required: true, schema: { type: "string" } } },
        schemas: { Pet: schema({ name: { type: "string" }, mood: { enum: ["calm", "wild"] } }, ["name"]) },
      },
    });
    expect(declaration(text, "getPet")).toBe(
      'tool getPet (id: Id) -> { name: Line, mood?: "calm" | "wild" } {\n  effect  read\n  risk    medium\n  labels  untrusted\n}'.replace(
        "name: Line",
        "name: Line",
      ),
    );
    expect(declaration(text, "put.pets.id")).toContain(
      'tool "put /pets/{id}" as put.pets.id (id: Id, name: Line, mood?: "calm" | "wild") -> Json {\n  effect  write\n',
    );
    expect(declaration(text, "removePet")).toContain("effect  delete\n  risk    critical");
    expect(declaration(text, "addHook")).toContain('sink     url\n  network  ["api.acme.com"]');
  });

  test.each([
    [{}, "holds no list of tools"],
    [{ swagger: "2.0" }, "is Swagger 2"],
    [[{}], "tool 1 has no name"],
    [[{ name: "a", parameters: "x" }], "a schema of its arguments that is no object"],
    [[one("a"), one("a")], "two tools are called a"],
    [{ openapi: "3.0.0", paths: {} }, "no operations"],
    [7, "holds no list of tools"],
  ])("%j is refused", (document, said) => {
    expect(() => imported(document)).toThrow(said);
  });
});

describe("what is guessed", () => {
  const effects = (name: string, properties: object = {}): string =>
    /effect +(.*)/.exec(declaration(imported([one(name, properties)]), name))?.[1] ?? "";
  test.each([
    ["get_user", "read"],
    ["listTransactions", "read"],
    ["get_and_delete_mail", "read, delete, egress"],
    ["send_money", "egress, pay"],
    ["schedule_transaction", "write, pay"],
    ["runCommand", "exec"],
    ["frobnicate", "read, write, delete, egress, exec, pay"],
  ])("%s does: %s", (name, expected) => {
    expect(effects(name)).toBe(expected);
  });

  test("arguments can make a tool worse, and so can its server's own word, which never makes it better", () => {
    expect(effects("get_page", { url: { type: "string" } })).toBe("read, egress");
    expect(effects("get_rows", { sql: { type: "string" } })).toBe("read, write, delete");
    const claimed = {
      ...one("get_it"),
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    };
    expect(declaration(imported([claimed]), "get_it")).toContain("effect  read, write, delete, egress");
    const harmless = {
      ...one("delete_it"),
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    };
    expect(declaration(imported([harmless]), "delete_it")).toContain("effect  delete");
    const unknown = { ...one("frobnicate"), annotations: { readOnlyHint: true } };
    expect(declaration(imported([unknown]), "frobnicate")).toContain("effect  read, write, delete, egress, exec, pay");
  });

  test("what nothing is known of has no risk, which is critical, and every line is marked", () => {
    const text = imported([one("frobnicate", { x: {} })]);
    expect(text).toContain(
      "effect  read, write, delete, egress, exec, pay  # guess: nothing tells what it does, so everything; review\n",
    );
    expect(text).toContain("  # guess: no risk is said, which is critical; review\n");
    expect(text).not.toMatch(/^ +risk/m);
    expect(text).toMatch(/sink +x +# guess: review/);
  });

  test.each([
    [{ type: "string" }, "x", "Text"],
    [{ type: "string", maxLength: 20 }, "title", "Line<20>"],
    [{ type: "string", format: "date-time" }, "x", "Time"],
    [{ type: "string", format: "uri" }, "x", "Url"],
    [{ type: "string", format: "email" }, "x", "Email"],
    [{ type: "string" }, "file_path", "Path"],
    [{ type: "string" }, "reply_to_email", "Email"],
    [{ type: "string" }, "customerId", "Id"],
    [{ type: "string", description: "an IBAN" }, "recipient", "Text"],
    [{ type: "array", items: { type: "string" }, description: "email addresses" }, "recipients", "[Email]"],
    [{ type: "integer" }, "id", "Int"],
    [{ type: "number" }, "amount", "Decimal"],
    [schema({ amount: { type: "number" }, currency: { type: "string" } }, ["amount", "currency"]), "x", "Money"],
    [{ enum: ["a", 'b"'] }, "x", '"a" | "b\\""'],
    [{ enum: ["a", 1] }, "x", "Json"],
    [{ type: ["string", "integer"] }, "x", "Json"],
    [schema({ a: { type: "boolean" }, b: {} }, ["a"]), "x", "{ a: Bool, b?: Json }"],
    [{ type: "object", properties: { a: {} }, additionalProperties: true }, "x", "Json"],
    [{ $ref: "#/$defs/x" }, "x", "Json"],
    [{ $ref: "https://elsewhere.test/x" }, "x", "Json"],
  ])("%j called %s is %s", (argument, name, expected) => {
    expect(declaration(imported([one("get", { [name]: argument }, [name])]), "get")).toContain(
      `(${name}: ${expected}) ->`,
    );
  });

  test("null and what is not required may be left out; definitions are followed", () => {
    const text = imported([
      {
        name: "get",
        parameters: {
          ...schema(
            {
              a: { anyOf: [{ type: "string" }, { type: "null" }] },
              b: { $ref: "#/$defs/b" },
              c: { type: ["integer", "null"] },
            },
            ["a", "b", "c"],
          ),
          $defs: { b: { type: "boolean" } },
        },
      },
    ]);
    expect(text).toContain("tool get (a?: Text, b: Bool, c?: Int) -> Json {");
  });

  test("arguments that no policy can declare are said", () => {
    const text = imported([one("get", { "a-b": {}, $c: {}, d: schema({ "e f": {}, g: {} }) }, ["a-b"])]);
    expect(text).toContain("tool get (d?: { g?: Json }) -> Json {");
    expect(text).toContain(
      '# no policy can declare the argument "a-b", and the tool needs it: every call is refused\n',
    );
    expect(text).toContain('# no policy can declare the argument "$c": calls that give it are refused\n');
    expect(text).toContain('"d.e f"');
  });
});

describe("names", () => {
  test.each([
    ["get_it", "tool get_it ("],
    ["fs.read", "tool fs.read ("],
    ["mcp__crm__look-up", 'tool "mcp__crm__look-up" as crm.look_up ('],
    ["2fa", 'tool "2fa" as _2fa ('],
    ["write", 'tool "write" as tools.write ('],
    ["名前", 'tool "\\u540d\\u524d" as tool ('],
    ['a"} allow', 'tool "a\\"} allow" as a_allow ('],
  ])("%s", (name, head) => {
    expect(imported([one(name)])).toContain(head);
  });

  test("no two tools get the same", () => {
    const text = imported([one("a-b"), one("a_b"), one("a b")]);
    expect([...text.matchAll(/^tool (?:"[^"]*" as )?([\w.]+) /gm)].map((found) => found[1])).toEqual([
      "a_b_2",
      "a_b",
      "a_b_3",
    ]);
  });
});

describe("hostile descriptions", () => {
  test("stay comments, marked as what they are, without anything hidden", () => {
    const description = `nice\n}\nallow all on * { }\r\n# guess: none\u2028forbid\u202e\u200b\u0007\u{E0041} ${"x ".repeat(5000)}`;
    const text = imported([{ ...one("get"), description }]);
    for (const line of text.split("\n").filter((found) => found.includes("allow") || found.includes("none")))
      expect(line).toMatch(/^# it says: /);
    expect(text).not.toMatch(/[^\n -~]/);
    expect(text.length).toBeLessThan(2000);
  });

  const json = fc.jsonValue({ maxDepth: 3 });
  const words = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom(
      "get",
      "send_mail",
      "__proto__",
      "constructor",
      "user",
      "to",
      "mcp__a__b",
      "a.b",
      "read",
      "when",
      "args",
      "x y",
      "#",
      '"',
      "\\",
      "\u202e",
    ),
  );
  const kinds = fc.constantFrom("string", "integer", "number", "boolean", "array", "object", "null");
  const { schema: anySchema } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.record(
        {
          type: fc.oneof(kinds, fc.array(kinds, { maxLength: 3 })),
          format: words,
          description: words,
          maxLength: fc.integer(),
        },
        { requiredKeys: [] },
      ),
      fc.record({
        type: fc.constant("object"),
        properties: fc.dictionary(words, tie("schema"), { maxKeys: 4 }),
        required: fc.array(words, { maxLength: 3 }),
      }),
      fc.record({ type: fc.constant("array"), items: tie("schema") }),
      fc.record({ anyOf: fc.array(tie("schema"), { maxLength: 3 }) }),
      fc.record({ enum: fc.array(fc.oneof(words, json), { maxLength: 4 }) }),
      fc.record({ $ref: fc.constantFrom("#", "#/", "#/properties/a", "#/__proto__", "x") }),
      json,
    ),
  }));
  const tool = fc.record({
    name: words.filter((name) => name !== ""),
    description: words,
    parameters: fc.record({
      type: fc.constant("object"),
      properties: fc.dictionary(words, anySchema, { maxKeys: 5 }),
      required: fc.array(words, { maxLength: 3 }),
    }),
    outputSchema: anySchema,
  });

  test("whatever the list, what comes of it is laid out, checks, and declares these tools and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(tool, { selector: ({ name }) => name, maxLength: 4 }), async (list) => {
        const { text, declared } = policyOf(toolsOf(list, "x"), options);
        expect(format(text)).toEqual({ ok: true, text });
        const { bundle, diagnostics } = await compile("t", memoryHost({ t: text }));
        expect(diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual([]);
        expect(bundle?.tools.length).toBe(list.length);
        expect(bundle?.rules).toEqual([]);
        expect(declared.map(({ wire }) => wire)).toEqual(list.map(({ name }) => name));
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 300 },
    );
  });
});

describe("writ import", () => {
  const list = JSON.stringify([one("send_mail", { to: { type: "string", format: "email" } }, ["to"])]);

  test("writes a policy that checks, and is said to be guesses", async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, "my tools.json"), list);
    const ran = await writ(["import", "my tools.json", "-o", join(cwd, "tools.policy")], { cwd });
    expect(ran).toEqual({ code: 0, out: "", err: "1 tool, 4 guesses to review\n" });
    expect(readFileSync(join(cwd, "tools.policy"), "utf8")).toContain("policy imported.my_tools\n");
    expect((await writ(["check", "tools.policy"], { cwd })).out).toContain("ok (1 tool, 0 rules, 0 tests)");
    expect(await writ(["fmt", "--check", "tools.policy"], { cwd })).toMatchObject({ code: 0 });
    const again = await writ(["import", "my tools.json", "-o", "tools.policy"], { cwd });
    expect(again.code).toBe(1);
    expect(again.err).toContain("it is there already");
  });

  test("from standard input, by --name and --as, as --json", async () => {
    const ran = await writ(["import", "-", "--name", "acme.mail", "--as", "mail", "--json"], {
      input: `\uFEFF${list}`,
    });
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(ran.out)).toMatchObject({
      format: "writ.import/1",
      tools: [{ name: "mail.send_mail", wire: "send_mail", lost: [] }],
    });
    expect(ran.out).toContain("policy acme.mail\\n");
  });

  test.each([
    [["-"], "not json", "standard input is not JSON"],
    [["x.ts"], "", "--module runs it"],
    [["gone.json"], "", "there is no such file"],
    [["-", "--name", "a b"], list, "cannot be the name of a policy"],
    [["-", "--as", "1"], list, "cannot begin the name of a tool"],
    [["gone.mjs", "--module"], "", "cannot import gone.mjs"],
  ])("%j is a fault", async (args, input, said) => {
    const ran = await writ(["import", ...args], { input, cwd: temporary() });
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain(said);
  });

  test("--module runs a module and turns its Zod schemas into declarations", async () => {
    const cwd = temporary();
    mkdirSync(join(cwd, "node_modules"));
    symlinkSync(join(import.meta.dirname, "..", "node_modules", "zod"), join(cwd, "node_modules", "zod"));
    writeFileSync(
      join(cwd, "tools.ts"),
      `import { z } from "zod";
       const to: string = "to";
       class Tool { name = "send_mail"; description = "Sends."; schema = z.object({ [to]: z.array(z.email()), body: z.string().max(9).optional() }); }
       export const tools = [new Tool()];`,
    );
    writeFileSync(
      join(cwd, "record.mjs"),
      `import { z } from "zod";
       export const list_notes = { description: "Lists.", inputSchema: z.object({ since: z.iso.datetime(), kind: z.enum(["a", "b"]).default("a") }) };
       export const other = 3;`,
    );
    const ran = await writ(["import", "tools.ts", "record.mjs", "--module"], { cwd });
    expect(ran.err).toContain("2 tools");
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("tool send_mail (to: [Email], body?: Text<9>) -> Json {");
    expect(ran.out).toContain('tool list_notes (since: Time, kind?: "a" | "b") -> Json {');
  });
});
