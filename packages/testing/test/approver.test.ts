import { PassThrough } from "node:stream";
import { createInterface } from "node:readline/promises";
import { approvalText, type Approval, type Approvals, type Whose } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { approverCases, type ApproverChannel, type OpenChannel, type PersonDoes } from "../src/index.js";

const ANSWERS: Readonly<Record<PersonDoes, string | undefined>> = {
  agrees: "y\n",
  refuses: "n\n",
  mumbles: "hm, why?\n",
  closes: undefined,
  nothing: undefined,
};

/** How a terminal asks; each part is what a careless author would write otherwise. */
interface Terminal {
  readonly write: (approval: Approval) => string;
  readonly meant: (answer: string | undefined) => boolean | undefined;
  readonly decide: (
    made: { approvals: Approvals; whose: Whose },
    approval: Approval,
    grant: boolean,
  ) => Promise<unknown>;
}

const GOOD: Terminal = {
  write: approvalText,
  meant: (answer) =>
    answer === undefined
      ? undefined
      : /^y(es)?$/i.test(answer.trim())
        ? true
        : /^no?$/i.test(answer.trim())
          ? false
          : undefined,
  decide: ({ approvals, whose }, { id, shown }, grant) => approvals.resolve(id, { ...whose, grant, shown }),
};

/** A terminal over streams, with a person who types. */
function terminal(of: Partial<Terminal> = {}): OpenChannel {
  const { write, meant, decide } = { ...GOOD, ...of };
  return async (made): Promise<ApproverChannel> => {
    let seen = "";
    return {
      get seen() {
        return seen;
      },
      async ask(approval, person, signal) {
        const [input, output] = [new PassThrough(), new PassThrough()];
        const line = createInterface({ input, output });
        const closed = new AbortController();
        line.once("close", () => closed.abort());
        const until = AbortSignal.any([signal, closed.signal]);
        seen += `${write(approval)}\nDo you agree? [y/n] `;
        const asked = line.question("", { signal: until });
        if (person === "closes") input.end();
        else if (person !== "nothing") input.write(ANSWERS[person]);
        let answer: string | undefined;
        try {
          answer = await asked;
        } catch {
          answer = undefined;
        }
        line.close();
        const grant = meant(answer);
        if (grant !== undefined) await decide(made, approval, grant);
      },
    };
  };
}

async function unmet(open: OpenChannel): Promise<string[]> {
  const failed: string[] = [];
  for (const one of approverCases(open)) {
    try {
      await one.run();
    } catch {
      failed.push(one.name);
    }
  }
  return failed;
}

describe("a terminal that asks as it should", () => {
  it.each(approverCases(terminal()))("$name", ({ run }) => expect(run()).resolves.toBeUndefined());
});

describe("the suite finds a channel", () => {
  it.each<[string, Partial<Terminal>, readonly string[]]>([
    [
      "that takes the end of input for a yes",
      { meant: (answer) => answer === undefined || answer.trim() === "y" },
      [
        "lesson 2: a person who closes grants nothing",
        "lesson 2: a person who says nothing grants nothing",
        "keeps several apart",
      ],
    ],
    [
      "that takes all but a no for a yes",
      { meant: (answer) => (answer === undefined ? undefined : answer.trim() !== "n") },
      ["lesson 2: a person who mumbles grants nothing"],
    ],
    [
      "that shows arguments as they came",
      { write: (approval) => `${approvalText(approval)}\n\u202eapproved` },
      ["shows nothing that is not seen, and no line that somebody else wrote"],
    ],
    [
      "that shows too little",
      { write: ({ tool }) => `${tool}?` },
      ["shows the tool, every value, who asks, and why a rule wants it"],
    ],
    [
      "whose word is on nothing in particular",
      { decide: ({ approvals, whose }, { id }, grant) => approvals.resolve(id, { ...whose, grant }) },
      ["a word says what was shown"],
    ],
    [
      "that says the same person always",
      {
        decide: ({ approvals }, { id, shown }, grant) =>
          approvals.resolve(id, { by: { id: "mia", groups: ["managers"] }, grant, shown }),
      },
      ["who asked cannot agree to it here either"],
    ],
    [
      "that throws where the guard does not take the word",
      {
        decide: async (...given) => {
          const done = await GOOD.decide(...given);
          if (!(done as { ok: boolean }).ok) throw new Error("not taken");
        },
      },
      [
        "who asked cannot agree to it here either",
        "a yes that comes too late, or after another's no, changes nothing and is survived",
        "a guard that cannot take the word is survived",
      ],
    ],
  ])("%s", async (_, of, names) => {
    expect(await unmet(terminal(of))).toEqual(names);
  });
});
