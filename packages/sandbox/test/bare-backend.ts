import { fileURLToPath } from "node:url";
import { BACKEND_VERSION, type Backend } from "../src/backend.js";
import { ChildLink } from "../src/backends/process/child.js";
import { Conversation } from "../src/protocol/conversation.js";

const runner = fileURLToPath(new URL("../guest/runner.cjs", import.meta.url));

/** Runs programs with no wall at all: what a suite finds here shows that it would find it. Never a backend of a guard. */
export const bare: Backend = {
  version: BACKEND_VERSION,
  name: "bare",
  isolation: "process",
  capabilities: { programs: ["module", "javascript", "shell"], mounts: true },
  probe: async () => ({ ok: false, why: "it has no walls" }),
  start: async ({ limits }) => {
    const command = [process.execPath, runner, "3", String(limits.output)];
    const link = new ChildLink(command, Buffer.alloc(0), [], async ({ code }) => ({
      reason: "died",
      message: `code ${code}`,
    }));
    const talk = new Conversation(link, limits.output);
    await talk.hello;
    return {
      id: "bare",
      bootMs: 0,
      gone: link.gone,
      run: async (job) => await talk.run(job),
      stop: async () => {
        link.kill();
        await link.gone;
      },
    };
  },
  close: async () => undefined,
};
