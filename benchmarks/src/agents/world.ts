import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { FactFunction } from "@writ/runtime";

/** What a host of the recorded tools knows before a run: the facts that policies ask for. */
export interface World {
  /** The facts of one suite, by name. */
  factsOf(suite: string): { readonly [fact: string]: FactFunction };
}

/** Without the recorded worlds a host knows nothing: its facts fail, and policies take what they say for that. */
export const UNKNOWN_WORLD: World = {
  factsOf: (suite) => (suite === "workspace" ? { wrote_to: () => Promise.reject(new Error("no mailbox")) } : {}),
};

/** Reads the worlds that stand beside the recordings: JSON by suite, gzipped where the name ends in `.gz`. */
export async function readWorld(file: string): Promise<World> {
  const bytes = await readFile(file);
  const parsed: unknown = JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));
  const written = writtenTo(at(at(parsed, "workspace"), "inbox"));
  return {
    factsOf: (suite) =>
      suite === "workspace" && written !== undefined
        ? { wrote_to: (address) => typeof address === "string" && written.has(address.toLowerCase()) }
        : UNKNOWN_WORLD.factsOf(suite),
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
