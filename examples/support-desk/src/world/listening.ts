import type { Server } from "node:net";

/** Has a server listen and gives the port that the operating system chose. */
export async function listening(server: Server, listen: () => unknown): Promise<number> {
  await new Promise<void>((ready, failed) => {
    server.once("listening", ready);
    server.once("error", failed);
    listen();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
