import { createGuard, GuardError, memoryAudit, memoryStore, type SessionOptions } from "@writ/runtime";
import type { Arguments } from "../arguments.js";
import { compileInput } from "../compile-input.js";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { writeJson } from "../output/json.js";
import { readObject } from "../read-object.js";

/** `writ explain FILE --call JSON`: why a policy decides one call as it does, in a fresh session. Runs nothing. */
export const run: Run = async (args, streams) => {
  const [file = ""] = args.files;
  const call = readCall(args);
  const { compilation } = await compileInput(file);
  if (compilation.bundle === undefined) throw new Fault(`${file} has errors`, `see: writ check ${file}`);
  const { bundle } = compilation;
  const none = (): never => {
    throw new Error("nobody answers");
  };
  try {
    const guard = await createGuard({
      policy: bundle,
      audit: memoryAudit(),
      state: memoryStore(),
      params: readObject(args, "params"),
      // Nobody answers here: what hangs on a fact is what the policy says of one that fails.
      facts: Object.fromEntries(bundle.facts.map(({ name }) => [name, none])),
    });
    try {
      const user: SessionOptions["user"] = { id: "someone", ...readObject(args, "user") };
      const session = await guard.session({ user, agent: readObject(args, "agent") });
      const explained = await session.explain(call);
      if (args.flag("json")) await writeJson(streams, "writ.explain.call/1", { ok: true, file, ...explained });
      else await streams.out(explained.text);
    } finally {
      await guard.close();
    }
  } catch (error) {
    if (error instanceof GuardError) throw new Fault(error.message);
    throw error;
  }
  return EXIT.ok;
};

function readCall(args: Arguments): { readonly tool: string; readonly args: unknown } {
  const { tool, args: given }: { readonly tool?: unknown; readonly args?: unknown } = readObject(args, "call");
  if (typeof tool !== "string") throw new Fault("--call names no tool", 'it looks like {"tool":"pay","args":{}}');
  return { tool, args: given ?? {} };
}
