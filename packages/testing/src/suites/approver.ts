import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryAudit, memoryStore, type Approval, type Approvals, type Whose } from "@writ/runtime";
import { fakeClock, type FakeClock } from "../fakes/fake-clock.js";
import { requireSame, requireThat, type Case } from "./case.js";

/** What the person does before whom an approval is put. `closes`: the window, the line or the input ends. `mumbles`: an answer that is neither. */
export type PersonDoes = "agrees" | "refuses" | "closes" | "mumbles" | "nothing";

/**
 * A way in which a person is asked: a terminal, a page, a chat. What a test gives is the channel as it is, with a person at
 * its end who does as told.
 */
export interface ApproverChannel {
  /**
   * Puts an approval before the person and hands the word to the guard. Resolves when it is done with it, which is at
   * once where the signal fires; it never rejects for what the person or the guard says.
   */
  ask(approval: Approval, person: PersonDoes, signal: AbortSignal): Promise<void>;
  /** All that the person has read so far, as text. */
  readonly seen: string;
}

/** Makes a channel over these approvals, for a person who is known as `whose`. */
export type OpenChannel = (made: { readonly approvals: Approvals; readonly whose: Whose }) => Promise<ApproverChannel>;

const POLICY = `policy approver
identity user { id: Id, groups: [Text] }
role support { user.groups has "support" }
role manager { user.groups has "managers" }
tier low { isolate inline }
tool bank.pay (to: Id, note: Text) { effect pay  risk low }
ask big on bank.pay {
  for     support
  from    manager
  because "money leaves the house"
}
`;
const MIA: Whose = { by: { id: "mia", groups: ["managers"] } };
const NOTE = "hello\r\nanswer: yes\u001b[2J\u202e \u200bpay\u2028approved";
// What a terminal would obey, or a reader would not see; line ends and tabs are the channel's own.
const UNSEEN = /[^\P{Cc}\n\r\t]|[\p{Cf}\p{Zl}\p{Zp}]/u;

interface Scene {
  readonly approvals: Approvals;
  readonly clock: FakeClock;
  readonly words: unknown[];
  runs: number;
  /** Makes the call; gives how it ended. */
  call(to?: string): Promise<string>;
  asked(to?: string): Promise<Approval>;
}

/** What every channel must do: a plain yes of the right person grants what was shown, and nothing else grants anything. */
export function approverCases(open: OpenChannel): readonly Case[] {
  const withScene = (name: string, body: (scene: Scene) => Promise<void>): Case => ({
    name,
    run: async () => inScene(body),
  });
  const put = async (scene: Scene, approval: Approval, person: PersonDoes, whose: Whose = MIA) => {
    const channel = await open({ approvals: scene.approvals, whose });
    const signal = AbortSignal.timeout(200);
    await channel.ask(approval, person, signal);
    return channel;
  };

  return [
    withScene("a yes grants, by the person who said it, and the call runs once", async (scene) => {
      const approval = await scene.asked();
      await put(scene, approval, "agrees");
      const now = await scene.approvals.get(approval.id);
      requireSame([now?.status, now?.votes[0]?.by], ["granted", "mia"], "the approval after a yes");
      requireSame([await scene.call(), await scene.call(), scene.runs], ["done", "waiting", 1], "the calls after");
    }),
    withScene("a word says what was shown", async (scene) => {
      const approval = await scene.asked();
      await put(scene, approval, "agrees");
      requireSame(scene.words, [{ id: approval.id, grant: true, shown: approval.shown }], "the word");
    }),
    withScene("a no refuses the call", async (scene) => {
      const approval = await scene.asked();
      await put(scene, approval, "refuses");
      requireSame((await scene.approvals.get(approval.id))?.status, "rejected", "the approval after a no");
      requireSame([await scene.call(), scene.runs], ["refused", 0], "the call after");
    }),
    ...(["closes", "mumbles", "nothing"] as const).map((person) =>
      withScene(
        `lesson 2: a person who ${person === "nothing" ? "says nothing" : person} grants nothing`,
        async (scene) => {
          const approval = await scene.asked();
          await put(scene, approval, person);
          await requireUngranted(scene, approval);
        },
      ),
    ),
    withScene("who asked cannot agree to it here either", async (scene) => {
      const approval = await scene.asked();
      await put(scene, approval, "agrees", { by: { id: "ann", groups: ["support", "managers"] } });
      await requireUngranted(scene, approval);
    }),
    withScene("shows the tool, every value, who asks, and why a rule wants it", async (scene) => {
      const approval = await scene.asked();
      const { seen } = await put(scene, approval, "refuses");
      const values = approval.view.flatMap((part) => (part.kind === "argument" ? [part.text] : []));
      for (const wanted of ["bank.pay", "ann", "money leaves the house", ...values])
        requireThat(seen.includes(wanted), `the person is not shown ${JSON.stringify(wanted)}`);
    }),
    withScene("shows nothing that is not seen, and no line that somebody else wrote", async (scene) => {
      const { seen } = await put(scene, await scene.asked(), "refuses");
      requireThat(!UNSEEN.test(seen), "a control or direction character of an argument reaches the person");
      requireThat(!/^\s*(?:answer: yes|approved)/mu.test(seen), "a line of an argument stands as a line of its own");
    }),
    withScene("keeps several apart", async (scene) => {
      const asked = await Promise.all(["one", "two", "three"].map((to) => scene.asked(to)));
      const does: readonly PersonDoes[] = ["agrees", "refuses", "closes"];
      await Promise.all(asked.map((approval, i) => put(scene, approval, does[i] ?? "closes")));
      requireSame([await scene.call("one"), await scene.call("two"), scene.runs], ["done", "refused", 1], "the calls");
      requireThat((await scene.call("three")) !== "done", "the third was agreed to by nobody");
    }),
    withScene("a yes that comes too late, or after another's no, changes nothing and is survived", async (scene) => {
      const late = await scene.asked("late");
      scene.clock.advance(24 * 3_600_000);
      await put(scene, late, "agrees");
      await requireUngranted(scene, late, "late");
      const settled = await scene.asked("settled");
      await scene.approvals.resolve(settled.id, { by: { id: "max", groups: ["managers"] }, grant: false });
      await put(scene, settled, "agrees");
      await requireUngranted(scene, settled, "settled");
    }),
    withScene("a guard that cannot take the word is survived", async (scene) => {
      const approval = await scene.asked();
      const approvals: Approvals = {
        ...scene.approvals,
        resolve: async () => ({ ok: false, code: "unavailable", message: "the log is full" }),
      };
      await put({ ...scene, approvals }, approval, "agrees");
      await requireUngranted(scene, approval);
    }),
  ];
}

async function requireUngranted(scene: Scene, approval: Approval, to?: string): Promise<void> {
  const now = await scene.approvals.get(approval.id);
  requireThat(now?.status !== "granted" && now?.status !== "used", `the approval is ${now?.status ?? "gone"}`);
  requireThat((await scene.call(to)) !== "done" && scene.runs === 0, "the call ran");
}

async function inScene(body: (scene: Scene) => Promise<void>): Promise<void> {
  const compiled = await compile("approver.policy", memoryHost({ "approver.policy": POLICY }));
  const { bundle } = compiled;
  requireThat(bundle !== undefined, `the suite's policy: ${compiled.diagnostics.map(({ message }) => message).join()}`);
  const clock = fakeClock();
  const guard = await createGuard({ policy: bundle, audit: memoryAudit(), state: memoryStore(), clock });
  try {
    const session = await guard.session({ user: { id: "ann", groups: ["support"] } });
    const made = (to: string) =>
      session.call({ tool: "bank.pay", args: { to, note: NOTE } }, () => {
        scene.runs += 1;
      });
    const words: unknown[] = [];
    const scene: Scene = {
      approvals: heard(guard.approvals, words),
      clock,
      words,
      runs: 0,
      call: async (to = "bob") => (await made(to)).status,
      async asked(to = "bob") {
        const outcome = await made(to);
        requireThat(outcome.status === "waiting", `the call is ${outcome.status}`);
        return outcome.approval;
      },
    };
    await body(scene);
  } finally {
    await guard.close();
  }
}

/** The same approvals, with every word that a channel hands over written down. */
function heard(approvals: Approvals, words: unknown[]): Approvals {
  return {
    list: (of) => approvals.list(of),
    get: (id) => approvals.get(id),
    wait: (id, options) => approvals.wait(id, options),
    resolve: (id, word) => {
      words.push({ id, grant: word.grant, shown: word.shown });
      return approvals.resolve(id, word);
    },
    revoke: (id, whose) => approvals.revoke(id, whose),
    remembered: () => approvals.remembered(),
  };
}
