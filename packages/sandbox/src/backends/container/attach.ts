import { request } from "node:http";
import type { Socket } from "node:net";
import { SandboxError } from "../../sandbox-error.js";

const ANSWER = 20_000;

/**
 * Attaches to the standard streams of a container that was made and not started, as a raw connection. It is asked for
 * here, and not through dockerode, because dockerode sends a body with it, which Podman hands to the container as its
 * first input. Rejects with a {@link SandboxError} `boot_failed`.
 */
export async function attach(socketPath: string, id: string): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new SandboxError("boot_failed", `no way into the container: ${why}`));
    const asked = request({
      socketPath,
      method: "POST",
      path: `/containers/${encodeURIComponent(id)}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
      headers: { Connection: "Upgrade", Upgrade: "tcp", "Content-Length": "0" },
    });
    asked.setTimeout(ANSWER, () => asked.destroy(new Error("the engine did not answer")));
    asked.once("error", (error) => fail(error.message));
    asked.once("response", (answer) => {
      answer.resume();
      fail(`the engine answered ${answer.statusCode ?? "nothing"}`);
    });
    asked.once("upgrade", (_answer, socket: Socket, head) => {
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.end();
  });
}
