import { readFileSync } from "node:fs";
import {
  createServer as createHttp,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const certificates = join(import.meta.dirname, "certificates");

/** The authority that vouches for `api.acme.test` and `other.acme.test`. Its own key was thrown away. */
export const AUTHORITY = readFileSync(join(certificates, "authority.pem"), "utf8");

/** A server on loopback until the test is over; gives its port. */
export async function serve(scheme: "http" | "https", listener: RequestListener, host = "127.0.0.1"): Promise<number> {
  const server =
    scheme === "http"
      ? createHttp(listener)
      : createHttps(
          {
            key: readFileSync(join(certificates, "server-key.pem")),
            cert: readFileSync(join(certificates, "server.pem")),
          },
          listener,
        );
  return await listen(server, host);
}

export async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

/** A listener that has the whole body before it answers. */
export function answering(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): RequestListener {
  return (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => (body += text));
    request.on("end", () => answer(request, response, body));
  };
}
