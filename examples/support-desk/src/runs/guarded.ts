import { randomUUID } from "node:crypto";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { Command } from "@langchain/langgraph";
import { guardNode, type Saying } from "@writ/langgraph";
import type { Guard, Observed } from "@writ/runtime";
import { createAgent, MAX_STEPS } from "../agent.js";
import { decideAll, type Decided, type Person } from "../approve.js";
import type { Model } from "../model/model.js";
import type { Screen } from "../print.js";
import { shortCall } from "../short.js";
import { CALLER, TASK } from "../task.js";
import type { Tools } from "../tools.js";
import type { Watch } from "./watch.js";

/** What came of the guarded run. */
export interface GuardedRun {
  readonly calls: readonly Observed[];
  /** What a person said to what waited, if anything did. */
  readonly decided: readonly Decided[];
}

const MAX_ROUNDS = 20;

/** The same agent, with the guard's node in the place of the tool node. */
export async function runGuarded(
  guard: Guard,
  watch: Watch,
  model: Model,
  tools: Tools,
  person: Person,
  screen: Screen,
): Promise<GuardedRun> {
  const calls: Observed[] = [];
  const shown = new Set<string>();
  const from = performance.now();
  const look = (seen: Observed): void => {
    // A step that paused is run again from its start: what was shown of it is not shown twice.
    const once = `${seen.outcome.call} ${seen.outcome.status}`;
    if (shown.has(once)) return;
    shown.add(once);
    calls.push(seen);
    show(seen, (performance.now() - from) / 1000, screen);
  };
  const waits = (id: string): boolean =>
    calls.some(({ outcome }) => outcome.status === "waiting" && outcome.approval.id === id);
  const decided = await watch.during(look, () => converse(guard, model, tools, person, screen, waits));
  return { calls, decided };
}

/** The conversation, from the task to the agent's last word or to a question that nobody answers. */
async function converse(
  guard: Guard,
  model: Model,
  tools: Tools,
  person: Person,
  screen: Screen,
  waits: (approval: string) => boolean,
): Promise<readonly Decided[]> {
  const decided: Decided[] = [];
  const agent = createAgent(model, guardNode(guard, tools, { identity: () => CALLER, said }));
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
    const waiting = (await guard.approvals.list()).filter(({ id }) => waits(id));
    const words = await decideAll(guard, waiting, person, screen);
    decided.push(...words);
    if (words.length === 0 || words.some(({ word }) => word === "none")) break;
    // Wakes the graph and says nothing: whatever stands here, the node asks the guard again.
    ({ messages } = await agent.invoke(new Command({ resume: "look again" }), config));
  }
  return decided;
}

/** Only the desk puts human messages into this thread, and it pastes nothing into them: they are its own words. */
const said: Saying = (message) => (HumanMessage.isInstance(message) ? { from: "user", text: message.text } : undefined);

function show({ tool, args, outcome }: Observed, seconds: number, screen: Screen): void {
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
