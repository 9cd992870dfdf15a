import { GuardError, type HostPort, type Session } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import {
  adapterCases,
  adapterMatrix,
  PATHS,
  type AdapterUnderTest,
  type AgentParts,
  type AgentRun,
  type AgentSaid,
  type ScriptedCall,
  type SuiteTool,
} from "../src/index.js";

/** What a careless author of an adapter would do otherwise. */
type Mistake =
  | "none"
  | "guards nothing"
  | "takes a wake-up for a grant"
  | "streams before it filters"
  | "throws refusals"
  | "makes a call anew when its step is run again"
  | "gives the tool the model's arguments"
  | "drops the other calls of a rejected batch"
  | "forgets tools that were not wrapped"
  | "offers everything";

/** An agent in its plainest form: a model that speaks by a script, and a loop. Its step is a list of calls. */
class Loop implements AgentRun {
  readonly #parts: AgentParts;
  readonly #mistake: Mistake;
  #offered: readonly string[] = [];
  #seen = "";

  constructor(parts: AgentParts, mistake: Mistake) {
    this.#parts = parts;
    this.#mistake = mistake;
  }

  get #answers(): Map<string, AgentSaid["answers"][number]> {
    const kept = this.#parts.kept.get("answers");
    if (kept instanceof Map) return kept;
    const made = new Map<string, AgentSaid["answers"][number]>();
    this.#parts.kept.set("answers", made);
    return made;
  }

  async say(): Promise<AgentSaid> {
    const { user, agent, guard, thread } = this.#parts;
    if (this.#parts.provider.length > 0) throw new GuardError("misuse", "a provider's tool");
    const session = await guard.session({ user, agent, thread }).catch(() => undefined);
    const visible = await session?.visibleTools();
    const all = [...this.#parts.tools, ...this.#parts.forgotten].map(({ name }) => name);
    this.#offered = all.filter((name) => this.#mistake === "offers everything" || visible?.has(name) !== false);
    for (const [turn, calls] of this.#parts.script.entries()) {
      const runs = this.#parts.path === "retry" ? [0, 1] : [0];
      const waits: boolean[] = [];
      for (const run of runs) {
        const outcomes = await Promise.all(calls.map((call, i) => this.#call(session, call, `${turn}#${i}`, run)));
        waits.push(outcomes.includes("waiting"));
      }
      if (waits.at(-1) === true) return this.#said(true);
    }
    return this.#said(false);
  }

  async wake(answer: unknown): Promise<AgentSaid> {
    const { guard, user } = this.#parts;
    if (this.#mistake === "takes a wake-up for a grant" && answer !== undefined)
      for (const { id, shown, requester } of await guard.approvals.list())
        if (requester === user.id)
          await guard.approvals.resolve(id, { by: { id: "mia", groups: ["managers"] }, grant: true, shown });
    return this.say();
  }

  async #call(session: Session | undefined, call: ScriptedCall, scope: string, run: number): Promise<string> {
    const { tools, forgotten, signal } = this.#parts;
    const tool = [...tools, ...forgotten].find(({ name }) => name === call.name);
    const open =
      this.#mistake === "guards nothing" ||
      (this.#mistake === "forgets tools that were not wrapped" && forgotten.some(({ name }) => name === call.name));
    const fresh = this.#mistake === "makes a call anew when its step is run again";
    const answer = (text: string, error: boolean): void => {
      this.#answers.set(call.id, { call: call.id, text, error });
      this.#seen += text;
    };
    if (session === undefined && !open) {
      answer("Refused: not made.", true);
      return "refused";
    }
    if (open || session === undefined) {
      const text = await (tool?.run(call.args, signal) ?? Promise.resolve("no such tool")).catch(String);
      answer(text, tool === undefined || text.includes("kaput"));
      return "done";
    }
    const port: HostPort = { execute: async (args, inner) => this.#run(tool, call, args, inner) };
    const outcome = await session.call(
      { tool: call.name, args: call.args, callId: call.id, scope: fresh ? `${scope} ${run}` : scope, signal },
      port,
    );
    if (outcome.status === "done") answer(String(outcome.result), false);
    else if (this.#mistake === "throws refusals") throw new Error(outcome.message);
    else if (outcome.status !== "waiting") {
      answer(outcome.message, true);
      if (this.#mistake === "drops the other calls of a rejected batch" && outcome.status === "refused")
        for (const id of this.#answers.keys()) if (id !== call.id) this.#answers.delete(id);
    }
    return outcome.status;
  }

  async #run(tool: SuiteTool | undefined, call: ScriptedCall, args: unknown, signal: AbortSignal): Promise<string> {
    if (tool === undefined) throw new Error("no such tool");
    const given = this.#mistake === "gives the tool the model's arguments" ? call.args : args;
    const text = await tool.run(given, signal);
    if (this.#mistake === "streams before it filters") this.#seen += text;
    return text;
  }

  #said(paused: boolean): AgentSaid {
    return { paused, ended: !paused, answers: [...this.#answers.values()] };
  }

  seen(): string {
    return this.#seen;
  }

  offered(): readonly string[] {
    return this.#offered;
  }
}

const loop = (mistake: Mistake): AdapterUnderTest => ({
  name: "a loop",
  framework: "nothing",
  absent: (path) => (path === "subagent" ? "A loop has no agents below it." : undefined),
  open: async (parts) => new Loop(parts, mistake),
});

async function failuresOf(mistake: Mistake, scenario = /(?:)/): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of adapterCases(loop(mistake)).filter((one) => scenario.test(one.name)))
    await run().catch(() => {
      failed.push(name);
    });
  return failed;
}

describe("the suite of adapters", () => {
  it("is passed by an agent whose every call goes by the guard", async () => {
    expect(await failuresOf("none")).toEqual([]);
  });
  it.each<[Mistake, RegExp]>([
    ["guards nothing", /a refusal reaches the model/],
    ["guards nothing", /lesson 10: a granted call/],
    ["guards nothing", /retry: lesson 9/],
    ["guards nothing", /aborted/],
    ["takes a wake-up for a grant", /lesson 10: the framework's own approval/],
    ["streams before it filters", /stream: lesson 18/],
    ["throws refusals", /a refusal reaches the model/],
    ["makes a call anew when its step is run again", /retry: lesson 9/],
    ["gives the tool the model's arguments", /canonical arguments/],
    ["drops the other calls of a rejected batch", /lesson 6/],
    ["forgets tools that were not wrapped", /caught by the net/],
    ["offers everything", /is offered only/],
  ])("notices one that %s", async (mistake, scenario) => {
    expect(await failuresOf(mistake, scenario)).not.toEqual([]);
  });
  it("prints a matrix in which every cell holds or says why it cannot exist", () => {
    const matrix = adapterMatrix([loop("none")]);
    expect(matrix).toContain(`|  | ${PATHS.join(" | ")} |`);
    expect(matrix).toContain("| a tool that throws is answered, and the run goes on | ✓ | ✓ | ✓ | ✓ | –<sup>1</sup> |");
    expect(matrix).toContain("1. A loop has no agents below it.");
  });
});
