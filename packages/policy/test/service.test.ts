import { describe, expect, it } from "vitest";
import { compile, createService, memoryHost } from "../src/index.js";
import { FILES, SUPPORT } from "./sample.js";

const name = "main.policy";
const files = { [name]: SUPPORT, ...FILES };
const full = async (text: string): Promise<readonly object[]> =>
  (await compile(name, memoryHost({ ...files, [name]: text }))).diagnostics;

describe("the service", () => {
  it("says of an edited rule what compiling everything says, where the rule stands now", async () => {
    const service = createService(memoryHost(files));
    let text = `# a comment\n${SUPPORT}\nforbid last on email.send { when bcc == 3 }\n`;
    service.update(name, text);
    expect(await service.check(name)).toEqual({ settled: true, diagnostics: await full(text) });
    const edits: readonly (readonly [string, string])[] = [
      ["amount <= 50 USD }", "amount <= 50 EUR }"],
      ["amount <= 50 EUR }", "amuont <= 50 USD  when user.mfaa }"],
      ["for support  when url.scheme", "for suport  when url.scheme"],
      ["amuont <= 50 USD  when user.mfaa }", "amount <= 50 USD }"],
      ["forbid private_network", "# more\n\n@nope\nforbid added on crm.* { when 1 == 2 }\nforbid private_network"],
      ["forbid added on crm.* { when 1 == 2 }\n", ""],
      ["for suport", "for support"],
      ["when bcc == 3", "when has(bcc)"],
      ["forbid last on email.send { when has(bcc) }\n", "# none\n"],
    ];
    for (const [from, to] of edits) {
      expect(text).toContain(from);
      text = text.replace(from, to);
      service.update(name, text);
      const quick = await service.check(name);
      expect([to, quick.settled]).toEqual([to, false]);
      const settled = await createServiceOf(text);
      expect(quick.diagnostics).toEqual(settled);
    }
  });

  it("looks at everything where more than rules has changed", async () => {
    const service = createService(memoryHost(files));
    service.update(name, SUPPORT);
    await service.check(name);
    for (const [from, to] of [
      ["let ours = [", 'let ours = ["b.com", '],
      ["policy acme.support @ 3", "policy acme.other @ 4"],
      ["allow lookup on crm.lookup {", "allow lookup on crm.lookup"],
      ['test "support', 'tset "support'],
    ] as const) {
      service.update(name, SUPPORT.replace(from, to));
      expect(await service.check(name)).toEqual({ settled: true, diagnostics: await full(SUPPORT.replace(from, to)) });
    }
    service.update(name, SUPPORT);
    await service.check(name);
    service.update("people.policy", "policy acme.people @ 1\n");
    const { diagnostics, settled } = await service.check(name);
    expect(settled).toBe(true);
    expect(diagnostics.map((one) => one.code)).toContain("E503");
    service.update("people.policy", undefined);
    expect((await service.check(name)).diagnostics).toEqual(await full(SUPPORT));
  });

  it("says what rests on the whole once it is asked to", async () => {
    const service = createService(memoryHost(files));
    service.update(name, SUPPORT);
    await service.check(name);
    const text = SUPPORT.replace("forbid private_network", "forbid secrets");
    service.update(name, text);
    expect((await service.check(name)).settled).toBe(false);
    const settled = await service.settle(name);
    expect(settled).toEqual({ settled: true, diagnostics: await full(text) });
    expect(settled.diagnostics.map((one) => one.code)).toContain("E120");
  });

  async function createServiceOf(text: string): Promise<readonly object[]> {
    const service = createService(memoryHost(files));
    service.update(name, text);
    return (await service.settle(name)).diagnostics;
  }
});
