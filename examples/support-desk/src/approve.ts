import { createInterface } from "node:readline/promises";
import type { Approval, Guard } from "@writ/runtime";
import type { Screen } from "./print.js";
import { policyName } from "./short.js";
import { MANAGER } from "./task.js";

/** How a person is reached: a word given beforehand, the terminal, or not at all. */
export type Person =
  | { readonly by: "flag"; readonly grant: boolean }
  | { readonly by: "terminal" }
  | { readonly by: "nobody" };

export interface Decided {
  readonly approval: Approval;
  readonly word: "granted" | "rejected" | "none";
}

/** Has a person decide each call that waits. */
export async function decideAll(
  guard: Guard,
  waiting: readonly Approval[],
  person: Person,
  screen: Screen,
): Promise<readonly Decided[]> {
  const decided: Decided[] = [];
  for (const approval of waiting) decided.push({ approval, word: await decide(guard, approval, person, screen) });
  return decided;
}

async function decide(guard: Guard, approval: Approval, person: Person, screen: Screen): Promise<Decided["word"]> {
  screen.line();
  show(approval, screen);
  const grant = await ask(person, screen);
  if (grant === undefined) {
    screen.field(
      "answer",
      "none: there is no terminal and neither --approve nor --reject; it stays waiting, nothing is paid",
    );
    return "none";
  }
  // The only way to a grant. What the graph is resumed with is not one.
  const resolution = await guard.approvals.resolve(approval.id, { by: MANAGER, grant, shown: approval.shown });
  const said = grant ? "agrees" : "refuses";
  const how = person.by === "flag" ? ` (by --${grant ? "approve" : "reject"})` : "";
  screen.field(
    "answer",
    resolution.ok
      ? `${MANAGER.id} ${said}${how}`
      : `${MANAGER.id} ${said}, and it does not count: ${resolution.message}`,
  );
  screen.line();
  return resolution.ok ? (grant ? "granted" : "rejected") : "none";
}

/** What `show source` adds to the arguments: where each of those that steer the call stands. */
const SOURCE = "source";

/** What would happen, from the values that would be used, and who may agree to it. */
function show(approval: Approval, screen: Screen): void {
  const what = approval.show.filter(({ name }) => name !== SOURCE).map(({ name, text }) => `${name}: ${text}`);
  screen.field("waiting", `${policyName(approval.tool)}  ${what.join(", ")}`);
  for (const { name, text } of approval.show) if (name === SOURCE) screen.field("stands in", text);
  for (const { kind, text } of approval.view) if (kind === "undo" || kind === "host") screen.field("beware", text);
  for (const { rule, at, from, quorum, requester } of approval.demands) {
    const who = `${quorum === 1 ? "a" : quorum} ${from.join(" or ")}${requester ? "" : `, not ${approval.requester} who asked`}`;
    screen.field("who may", `${who}  (${rule}, ${at.replace(/:\d+$/, "")})`);
  }
}

async function ask(person: Person, screen: Screen): Promise<boolean | undefined> {
  switch (person.by) {
    case "flag":
      return person.grant;
    case "nobody":
      return undefined;
    case "terminal":
      return askTerminal(screen);
  }
}

/** Only a plain yes is one: anything else, the end of input and Ctrl-C are a no. */
async function askTerminal(screen: Screen): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new AbortController();
  terminal.once("close", () => ended.abort());
  terminal.once("SIGINT", () => terminal.close());
  try {
    const answer = await terminal.question(`  ${MANAGER.id}, do you agree? [y/N] `, { signal: ended.signal });
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch {
    screen.line();
    return false;
  } finally {
    terminal.close();
  }
}
