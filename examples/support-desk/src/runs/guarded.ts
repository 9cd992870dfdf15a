import { randomUUID } from "node:crypto";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { Command } from "@langchain/langgraph";
import { guardNode } from "@writ/langgraph";
import type { Guard } from "@writ/runtime";
import { createAgent, MAX_STEPS } from "../agent.js";
import { decideAll, type Decided, type Person } from "../approve.js";
import type { Model } from "../model/model.js";
import type { Screen } from "../print.js";
import { shortCall } from "../short.js";
import { CALLER, TASK } from "../task.js";
import type { Tools } from "../tools.js";
import { watched, type Seen } from "./watched.js";

/** What came of the guarded run. */
export interface GuardedRun {
  readonly calls: readonly Seen[];
  /** What a person said to what waited, if anything did. */
  readonly decided: readonly Decided[];
}

const MAX_ROUNDS = 20;

/** The same agent, with the guard's node in the place of the tool node. */
export async function runGuarded(
  guard: Guard,
  model: Model,
  tools: Tools,
  person: Person,
  screen: Screen,
): Promise<GuardedRun> {
  const calls: Seen[] = [];
  const decided: Decided[] = [];
  const shown = new Set<string>();
  const from = performance.now();
  const looking = watched(guard, (seen) => {
    // A step that paused is run again from its start: what was shown of it is not shown twice.
    const once = `${seen.outcome.call} ${seen.outcome.status}`;
    if (shown.has(once)) return;
    shown.add(once);
    calls.push(seen);
    show(seen, (performance.now() - from) / 1000, screen);
  });

  const agent = createAgent(model, guardNode(looking, tools, { identity: () => CALLER }));
  // A case of its own each time: its limits and approvals are its own too.
  const config = { configurable: { thread_id: randomUUID() }, recursionLimit: MAX_STEPS };
  let { messages } = await agent.invoke({ messages: [new HumanMessage(TASK)] }, config);

  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { next } = await agent.getState(config);
    if (next.length === 0) {
      const last = messages.at(-1);
      if (last instanceof AIMessage) screen.field("agent", last.text);
      break;
    }
    const mine = new Set(calls.flatMap(({ outcome }) => (outcome.status === "waiting" ? [outcome.approval.id] : [])));
    const waiting = (await guard.approvals.list()).filter(({ id }) => mine.has(id));
    const words = await decideAll(guard, waiting, person, screen);
    decided.push(...words);
    if (words.length === 0 || words.some(({ word }) => word === "none")) break;
    // Wakes the graph and says nothing: whatever stands here, the node asks the guard again.
    ({ messages } = await agent.invoke(new Command({ resume: "look again" }), config));
  }
  return { calls, decided };
}

function show({ tool, args, outcome }: Seen, seconds: number, screen: Screen): void {
  const why = outcome.explanation.join("; ").replaceAll(/(:\d+):\d+\)/g, "$1)");
  const step = { seconds, call: shortCall(tool, args) };
  switch (outcome.status) {
    case "done": {
      screen.step({ ...step, tone: "good", word: outcome.decision.effect === "ask" ? "agreed" : "allowed", why });
      break;
    }
    case "waiting":
      screen.step({ ...step, tone: "ask", word: "asks", why });
      break;
    case "failed":
      screen.step({ ...step, tone: "bad", word: "failed", why: outcome.message });
      break;
    case "refused":
      screen.step({ ...step, tone: "bad", word: "refused", why });
      break;
  }
}
