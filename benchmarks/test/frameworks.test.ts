import { expect, test } from "vitest";
import { aiSdk } from "../src/frameworks/ai-sdk.js";
import { langchain } from "../src/frameworks/langchain.js";
import { langgraph } from "../src/frameworks/langgraph.js";
import { mastra } from "../src/frameworks/mastra.js";
import { benchGuard } from "../src/frameworks/subject.js";
import { added } from "../src/frameworks/suite.js";

test.each([langgraph, langchain, aiSdk, mastra])(
  "$name: every call of the guarded agent is the guard's, and is timed",
  async (subject) => {
    const guard = await benchGuard();
    const calls: string[] = [];
    const counting = {
      ...guard,
      session: async (options: Parameters<typeof guard.session>[0]) => {
        const session = await guard.session(options);
        const call: typeof session.call = async (made, port) => {
          calls.push(made.tool);
          return session.call(made, port);
        };
        return { ...session, call };
      },
    };
    await subject.guarded({ turns: 3, calls: 2 }, counting)();
    expect(calls).toHaveLength(6);
    await guard.close();
    const figures = await added(subject, { turns: 2, calls: 2 }, 2);
    expect(figures).toMatchObject({ name: subject.name, calls: 2 });
    for (const figure of [figures.plain, figures.added, figures.addedP90, figures.addedCpu])
      expect(Number.isFinite(figure)).toBe(true);
  },
);
