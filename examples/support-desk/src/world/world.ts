import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startMailboxes, type Mailboxes } from "./mailboxes.js";
import { startPages, type Pages } from "./pages.js";
import { Records } from "./records.js";

/** What the agent's tools act on: a database file, a mail server, a web server. */
export interface World {
  readonly records: Records;
  readonly mailboxes: Mailboxes;
  readonly pages: Pages;
  close(): Promise<void>;
}

/** A world of its own in an empty folder. */
export async function startWorld(folder: string): Promise<World> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const records = new Records(join(folder, "records.sqlite"));
  const mailboxes = await startMailboxes(join(folder, "mailboxes"));
  const pages = await startPages();
  return {
    records,
    mailboxes,
    pages,
    async close() {
      await mailboxes.close();
      await pages.close();
      records.close();
    },
  };
}
