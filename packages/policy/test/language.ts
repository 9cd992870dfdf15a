import { printExpression, type Bundle, type Rule } from "@writ/ir";
import { expect } from "vitest";
import { compileText, PRELUDE } from "./harness.js";

/** What the tests of the whole language declare besides the prelude. */
export const DECLARED = `param work: Path
param allowed: [Email]
fact risk(user: Id) -> Int { timeout 50ms on error 100 }
fact known(to: Email) -> Bool { on error false }
intent pay { "pay", "send  money", "pay" }
tool sh.run (cmd: Command, cwd: Path) -> { exit: Int, out: Text } { effect exec  risk high }
tool db.query (sql: Sql<"postgresql">) -> Json { effect read  risk low }
tool net.dial (ip: Ip, host: Host) { effect egress  risk low  sink host }
tool box.find (query: Line) -> [Mail] { effect read  risk low  labels confidential }
type Mail {
  id: Ref<"mail"> by subject trusted, sender: Email claimed, folder: Line matches "[a-z]{1,40}" trusted
  subject: Line, name: Text like "*.txt" untrusted, pii
}
`;

/** The bundle of the prelude, the declarations and a text; fails where there are errors. */
export async function bundleOf(text: string): Promise<Bundle> {
  const { bundle, diagnostics } = await compileText(`${PRELUDE}${DECLARED}${text}`);
  expect(diagnostics.filter((one) => one.severity === "error").map((one) => one.message)).toEqual([]);
  if (bundle === undefined) throw new Error("no bundle");
  return bundle;
}

/** The rule written last. */
export const last = (bundle: Bundle): Rule => {
  const rule = bundle.rules.at(-1);
  if (rule === undefined) throw new Error("no rule");
  return rule;
};

/** The condition of the rule written last, as a policy writes it. */
export const when = async (text: string): Promise<string> => printExpression(last(await bundleOf(text)).when);
