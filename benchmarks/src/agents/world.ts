import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { AgentsError } from "./agents-error.js";
import type { FactFunction } from "@writ/runtime";

/** What a host of the recorded tools knows before a run. */
export interface World {
  /** What answers a fact of a suite's policy; undefined where this host cannot. */
  fact(suite: string, name: string): FactFunction | undefined;
}

/** Without the recorded worlds a host knows nothing. */
export const UNKNOWN_WORLD: World = { fact: () => undefined };

/** Reads the worlds that stand beside the recordings: JSON by suite, gzipped where the name ends in `.gz`. */
export async function readWorld(file: string): Promise<World> {
  const bytes = await readFile(file);
  let worlds: unknown;
  try {
    worlds = JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));
  } catch {
    throw new AgentsError(`${file} holds no JSON`);
  }
  return {
    fact(suite, name) {
      const written = name === "wrote_to" ? writtenTo(at(at(worlds, suite), "inbox")) : undefined;
      return written === undefined
        ? undefined
        : (address) => typeof address === "string" && written.has(address.toLowerCase());
    },
  };
}

/** Everybody the account's owner had written to; undefined where there is no mailbox. */
function writtenTo(inbox: unknown): ReadonlySet<string> | undefined {
  const [account, mails] = [at(inbox, "account_email"), at(inbox, "initial_emails")];
  if (typeof account !== "string" || !Array.isArray(mails)) return undefined;
  const addresses = mails
    .filter((mail) => at(mail, "sender") === account && at(mail, "status") === "sent")
    .flatMap((mail) => ["recipients", "cc", "bcc"].flatMap((name) => at(mail, name)));
  return new Set(addresses.filter((one) => typeof one === "string").map((one) => one.toLowerCase()));
}

function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
