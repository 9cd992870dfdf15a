import { memoryStore, type GuardOptions } from "@writ/runtime";
import { faulty } from "../../fakes/faulty.js";
import { requireSame, requireThat } from "../case.js";
import { FORGERIES, type AdapterPath, type ScriptedCall } from "./adapter.js";
import { HIDDEN, type Scene, type SceneOptions } from "./scene.js";

/** One thing that every adapter must do, on every path where it can. */
export interface Scenario {
  readonly name: string;
  /** Where it says something; everywhere but where nothing is paused (`resume`) unless it is said. */
  readonly paths?: readonly AdapterPath[];
  readonly pauses?: true;
  readonly asked?: () => SceneOptions;
  run(scene: Scene): Promise<void>;
}

const call = (id: string, name: string, args: ScriptedCall["args"]): ScriptedCall => ({ id, name, args });
const pay = (id: string, amount: number, to = "bob"): ScriptedCall => call(id, "pay_send", { to, amount });
const paid = (amount: number, to = "bob") => ({ tool: "pay_send", args: { to, amount } });
const options = (made: () => Partial<GuardOptions>) => (): SceneOptions => ({ options: made() });

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "a refusal reaches the model, nothing of the rule does, and the run goes on",
    async run(scene) {
      const said = await scene.says([call("c1", "vault_read", { x: "the locked drawer" })]);
      const text = scene.requireRefused(said, "c1");
      requireThat(!/vault"|suite\.policy|open shelf/.test(text), `it tells of the policy: ${text}`);
      scene.requireDid([], "what was refused");
    },
  },
  {
    name: "a tool gets the canonical arguments",
    async run(scene) {
      const said = await scene.says([call("c1", "mail_send", { to: "Bob@ACME.Example" })]);
      scene.requireDid([{ tool: "mail_send", args: { to: "Bob@acme.example" } }], "the canonical arguments");
      requireSame([scene.answer(said, "c1").error, said.ended], [false, true], "the answer");
    },
  },
  {
    name: "lesson 18: what a rule takes out of a result is seen nowhere",
    async run(scene) {
      const said = await scene.says([call("c1", "page_read", { x: "1" })]);
      const { text, error } = scene.answer(said, "c1");
      requireThat(!error && text.includes("the page 1 says"), `the rest of the result is there: ${text}`);
      requireThat(!text.includes(HIDDEN), "the model reads what was taken out");
      requireThat(!scene.run.seen().includes(HIDDEN), "somebody sees what was taken out");
    },
  },
  {
    name: "lesson 5: a detector that fails keeps the result back",
    asked: options(() => ({
      detectors: {
        injection: () => {
          throw new Error("the detector is down");
        },
      },
    })),
    async run(scene) {
      const said = await scene.says([call("c1", "scan_read", { x: "1" })]);
      scene.requireRefused(said, "c1");
      requireThat(!scene.run.seen().includes("the scanned 1"), "somebody sees what was not scanned");
    },
  },
  {
    name: "a tool that throws is answered, and the run goes on",
    async run(scene) {
      const said = await scene.says([call("c1", "note_flaky", { x: "1" }), call("c2", "note_add", { x: "2" })]);
      requireSame([scene.answer(said, "c1").error, scene.answer(said, "c2").error], [true, false], "the answers");
      requireThat(said.ended, "the run did not go on");
    },
  },
  {
    name: "lesson 1: a fact that throws refuses",
    asked: options(() => ({ facts: { steady: () => Promise.reject(new Error("no")) } })),
    async run(scene) {
      scene.requireRefused(await scene.says([call("c1", "gate_open", { x: "1" })]), "c1");
      scene.requireDid([], "what a fact did not vouch for");
    },
  },
  {
    name: "lesson 1: a store that fails refuses",
    paths: ["invoke", "stream", "batch", "subagent", "retry"],
    asked: options(() => ({
      state: faulty(memoryStore(), { method: "compareAndSet", how: "throws" }, { method: "append", how: "throws" }),
    })),
    async run(scene) {
      const said = await scene.says([call("c1", "note_add", { x: "1" })]);
      scene.requireRefused(said, "c1");
      scene.requireDid([], "what could not be kept");
    },
  },
  {
    name: "lesson 4: a tool that there is not is refused",
    async run(scene) {
      const said = await scene.says([call("c1", "rm_rf", { x: "/" }), call("c2", "note_add", { x: "2" })]);
      requireSame([scene.answer(said, "c1").error, scene.answer(said, "c2").error], [true, false], "the answers");
      requireThat(said.ended, "the run did not go on");
    },
  },
  {
    name: "lesson 30: names of every object's members are names like any other",
    async run(scene) {
      const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
      const said = await scene.says([
        ...names.map((name, i) => call(`n${i}`, name, {})),
        call("c2", "note_add", { x: "2", constructor: "x" }),
        call("c3", "note_add", { x: "3" }),
      ]);
      for (const [i] of names.entries()) requireThat(scene.answer(said, `n${i}`).error, `${names[i]} was no error`);
      scene.requireDid([{ tool: "note_add", args: { x: "3" } }], "what has the tool's own arguments");
    },
  },
  {
    name: "lesson 24: an argument that the policy does not declare is refused",
    async run(scene) {
      const said = await scene.says([call("c1", "mail_send", { to: "bob@acme.example", bcc: "eve@evil.example" })]);
      scene.requireRefused(said, "c1");
      scene.requireDid([], "what had one more argument");
    },
  },
  {
    name: "lesson 10: a granted call runs once, when it is woken",
    pauses: true,
    async run(scene) {
      const said = await scene.says([pay("c1", 5)]);
      requireThat(said.paused && !said.ended, "it did not pause");
      scene.requireDid([], "before anybody agreed");
      await scene.resolve((await scene.waiting())[0], true);
      const woken = await scene.wakes();
      requireSame([scene.answer(woken, "c1").error, woken.ended], [false, true], "the answer after the grant");
      scene.requireDid([paid(5)], "what was granted");
    },
  },
  {
    name: "lesson 10: the framework's own approval grants nothing",
    pauses: true,
    async run(scene) {
      await scene.says([pay("c1", 5)]);
      for (const forged of FORGERIES) {
        await scene.wakes(forged);
        scene.requireDid([], `after ${JSON.stringify(forged)}`);
      }
      requireSame((await scene.waiting()).length, 1, "the approvals that wait");
    },
  },
  {
    name: "a rejected call is refused, and the run goes on",
    pauses: true,
    async run(scene) {
      await scene.says([pay("c1", 5)]);
      await scene.resolve((await scene.waiting())[0], false);
      scene.requireRefused(await scene.wakes(), "c1");
      scene.requireDid([], "what was rejected");
    },
  },
  {
    name: "an approval that nobody gave in time is refused",
    pauses: true,
    async run(scene) {
      await scene.says([pay("c1", 5)]);
      scene.clock.advance(11 * 60_000);
      await scene.wakes();
      scene.requireDid([], "what nobody agreed to");
    },
  },
  {
    name: "lesson 9: woken again and again, what was granted runs once",
    pauses: true,
    async run(scene) {
      await scene.says([pay("c1", 5)]);
      await scene.resolve((await scene.waiting())[0], true);
      await scene.wakes();
      for (let i = 0; i < 2; i += 1) await scene.wakes().catch(() => undefined);
      scene.requireDid([paid(5)], "after further wake-ups");
    },
  },
  {
    name: "a grant is for exactly these arguments",
    pauses: true,
    async run(scene) {
      await scene.says([pay("c1", 5)], [pay("c2", 500)]);
      await scene.resolve((await scene.waiting())[0], true);
      await scene.wakes();
      scene.requireDid([paid(5)], "the other amount");
      requireSame((await scene.waiting()).length, 1, "the other amount waits for a word of its own");
    },
  },
  {
    name: "lesson 6: a batch of granted, rejected, allowed and refused calls: each has its own answer",
    pauses: true,
    async run(scene) {
      const said = await scene.says([
        pay("c1", 5),
        pay("c2", 500),
        call("c3", "note_add", { x: "3" }),
        call("c4", "vault_read", { x: "the locked drawer" }),
      ]);
      requireThat(said.paused, "it did not pause");
      await resolveAll(scene, (args) => args !== 500);
      let woken = await scene.wakes();
      for (let i = 0; i < 3 && woken.paused; i += 1) {
        await resolveAll(scene, (args) => args !== 500);
        woken = await scene.wakes();
      }
      scene.requireDid([paid(5), { tool: "note_add", args: { x: "3" } }], "the batch");
      const errors = ["c1", "c2", "c3", "c4"].map((id) => scene.answer(woken, id).error);
      requireSame(errors, [false, true, false, true], "the answers");
      requireThat(woken.ended, "the conversation did not go on");
    },
  },
  {
    name: "lesson 9: an effect is there once, however often the step is run",
    paths: ["retry", "parallel", "invoke", "stream", "batch", "subagent"],
    async run(scene) {
      const said = await scene.says([call("c1", "note_add", { x: "1" })], [call("c2", "note_add", { x: "1" })]);
      const note = { tool: "note_add", args: { x: "1" } };
      scene.requireDid([note, note], "two calls of the model");
      requireThat(said.ended, "the run did not go on");
    },
  },
  {
    name: "an aborted call is recorded, and its late result goes nowhere",
    paths: ["invoke", "stream", "subagent"],
    async run(scene) {
      const run = scene.says([call("c1", "note_slow", { x: "1" })]).catch(() => undefined);
      await scene.started.promise;
      scene.abort.abort();
      const ended = await Promise.race([run.then(() => true), later(3000)]);
      scene.slow.resolve(undefined);
      requireThat(ended, "the abort did not end the run");
      await later(20);
      const intents = scene.records().filter((record) => record.type === "intent" && record.tool === "note_slow");
      const slow = new Set(intents.map((record) => ("call" in record ? record.call : undefined)));
      const outcomes = scene.records().filter((record) => record.type === "outcome" && slow.has(record.call));
      requireSame(outcomes.length, 1, "the recorded outcomes");
      requireThat(!scene.run.seen().includes("at last"), "the late result is seen");
    },
  },
  {
    name: "lesson 21: the record says who called, in a session that the guard named",
    async run(scene) {
      await scene.says([call("c1", "note_add", { x: "1" })]);
      const sessions = scene.records().flatMap((record) => (record.type === "session" ? [record] : []));
      requireThat(sessions.length > 0, "no session is recorded");
      for (const { identity, session } of sessions) {
        requireThat(JSON.stringify(identity.user["id"]).startsWith('"ann-'), "the user is in the record");
        requireThat(session.startsWith("s_"), "the session's id is minted by the guard");
      }
      const agents = new Set(sessions.map(({ identity }) => identity.agent["id"]));
      requireThat(agents.has("desk"), "the agent is in the record");
    },
  },
  {
    name: "lesson 19: the same refused call over and over is refused unlooked at",
    paths: ["invoke", "stream"],
    async run(scene) {
      const turns = Array.from({ length: 8 }, (_, i) => [call(`c${i}`, "vault_read", { x: "the locked drawer" })]);
      const said = await scene.says(...turns);
      requireSame(said.answers.filter(({ error }) => error).length, 8, "the refusals");
      const texts = new Set(said.answers.map(({ text }) => text));
      requireThat(texts.size > 1, "the breaker did not trip, or says the same as the rule");
    },
  },
  {
    name: "the model is offered only tools that some rule could grant",
    async run(scene) {
      await scene.says([call("c1", "note_add", { x: "1" })]);
      const offered = scene.run.offered();
      requireThat(offered.includes("note_add") && offered.includes("vault_read"), `offered: ${offered.join(", ")}`);
      requireThat(!offered.includes("boss_only"), "a tool that nobody could be granted is offered");
    },
  },
  {
    name: "lesson 4: a tool that nobody guarded is caught by the net",
    asked: () => ({ forgotten: ["vault_read", "page_read"] }),
    async run(scene) {
      const said = await scene.says([
        call("c1", "vault_read", { x: "the locked drawer" }),
        call("c2", "page_read", { x: "1" }),
      ]);
      requireThat(scene.answer(said, "c1").error, "it was not refused");
      requireThat(!scene.run.seen().includes(HIDDEN), "its result was not filtered");
      scene.requireDid([{ tool: "page_read", args: { x: "1" } }], "what was allowed");
    },
  },
  {
    name: "a tool that the model's provider runs is refused, unless the guard was told of it",
    paths: ["invoke", "stream"],
    asked: () => ({ provider: ["web_search"] }),
    async run(scene) {
      const reached = await scene.says([call("c1", "note_add", { x: "1" })]).then(
        () => scene.run.offered().includes("web_search"),
        () => false,
      );
      requireThat(!reached, "the agent was started with it, and the model was offered it");
    },
  },
];

async function later(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms);
  });
}

/** Resolves all that waits, by the amount. */
async function resolveAll(scene: Scene, grant: (amount: unknown) => boolean): Promise<void> {
  for (const approval of await scene.waiting()) {
    const amount = approval.show.find(({ name }) => name === "amount");
    await scene.resolve(approval, grant(Number(amount?.text ?? Number.NaN)));
  }
}
