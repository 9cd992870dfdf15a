import { join } from "node:path";
import type { Trace } from "@writ/ir";
import type { Person } from "@writ/testing";

/** A suite of tools: its policy, who works with it, and what its policy was written on. */
export interface AgentSuite {
  readonly policy: string;
  /** Whose session it is, as a host's authentication would prove it. */
  readonly user: Person;
  /** Who agrees where the policy asks. */
  readonly approver: Person;
  /** The tasks whose runs were looked at while the policy was written; the others were scored once it stood. */
  readonly writtenOn: { readonly userTasks: readonly string[]; readonly injectionTasks: readonly string[] };
}

/** Whose account, mail and files the suites here are about. */
export const OWNER: Person = { id: "u-emma", groups: ["owners"] };

const POLICIES = join(import.meta.dirname, "..", "..", "policies", "agents");
const tasks = (...numbers: readonly number[]): readonly string[] => numbers.map((number) => `user_task_${number}`);

/** The suites there is a policy for, by the name that traces give. */
export const AGENT_SUITES: ReadonlyMap<string, AgentSuite> = new Map([
  [
    "banking",
    {
      policy: join(POLICIES, "banking.policy"),
      user: OWNER,
      approver: OWNER,
      writtenOn: { userTasks: tasks(0, 6, 12), injectionTasks: ["injection_task_0"] },
    },
  ],
  [
    "workspace",
    {
      policy: join(POLICIES, "workspace.policy"),
      user: OWNER,
      approver: OWNER,
      writtenOn: { userTasks: tasks(0, 6, 12, 18, 24, 30, 36), injectionTasks: ["injection_task_0"] },
    },
  ],
]);

/** Whether a trace is among those that its policy was written on. */
export function wasWrittenOn({ writtenOn }: AgentSuite, { task, attack }: Trace): boolean {
  return (
    writtenOn.userTasks.includes(task?.name ?? "") &&
    (attack?.name === undefined || writtenOn.injectionTasks.includes(attack.name))
  );
}
