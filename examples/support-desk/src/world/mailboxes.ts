import { createHash } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { SMTPServer } from "smtp-server";
import { listening } from "./listening.js";

export interface Mail {
  readonly to: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly body: string;
}

/** A mail server of this machine and the way to send through it. */
export interface Mailboxes {
  /** Sends over SMTP; resolves once the message lies in each recipient's mailbox. */
  send(mail: Mail): Promise<string>;
  /** Files of the messages that someone got, oldest first. */
  of(recipient: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

const MAX_BYTES = 1024 * 1024;
const FROM = "desk@acme.example";

/** Starts an SMTP server on a free port of the loopback; each message becomes `<folder>/<recipient>/NN.eml`. */
export async function startMailboxes(folder: string): Promise<Mailboxes> {
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    size: MAX_BYTES,
    logger: false,
    onData(stream, session, answer) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", answer);
      stream.on("end", () => {
        if (stream.sizeExceeded) return answer(new Error("the message is too large"));
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        void store(folder, recipients, Buffer.concat(chunks)).then(answer);
      });
    },
  });
  const port = await listening(server.server, () => server.listen(0, "127.0.0.1"));
  const transport = createTransport({
    host: "127.0.0.1",
    port,
    secure: false,
    ignoreTLS: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, bcc, subject, body }) {
      const sent = await transport.sendMail({ from: FROM, to: [...to], bcc: [...bcc], subject, text: body });
      return sent.messageId;
    },
    async of(recipient) {
      const box = join(folder, mailboxName(recipient));
      const files = await readdir(box).catch(() => []);
      return files.toSorted(byName).map((file) => join(box, file));
    },
    async close() {
      transport.close();
      await new Promise<void>((closed) => {
        server.close(() => closed());
      });
    },
  };
}

/** Puts a message in each mailbox; the error to answer with where one cannot be written. */
async function store(folder: string, recipients: readonly string[], message: Buffer): Promise<Error | null> {
  try {
    await Promise.all(recipients.map((recipient) => deliver(folder, recipient, message)));
    return null;
  } catch {
    return new Error("the message could not be stored");
  }
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

async function deliver(folder: string, recipient: string, message: Buffer): Promise<void> {
  const box = join(folder, mailboxName(recipient));
  await mkdir(box, { recursive: true });
  for (let number = 1; ; number += 1) {
    try {
      await writeFile(join(box, `${String(number).padStart(2, "0")}.eml`), message, { flag: "wx" });
      return;
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (!taken) throw error;
    }
  }
}

/** A recipient as the name of a folder; one that had to be changed for it carries a digest, so that no two are one. */
export function mailboxName(recipient: string): string {
  const lower = recipient.toLowerCase();
  const safe = lower
    .replace(/[^a-z0-9@._+-]/g, "_")
    .replace(/^[.]+/, "_")
    .slice(0, 100);
  return safe === lower && safe !== ""
    ? safe
    : `${safe}-${createHash("sha256").update(lower).digest("hex").slice(0, 12)}`;
}
