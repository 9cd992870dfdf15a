import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { TarEntry } from "./tar.js";

/** Where the programs that speak the protocol are inside an image. */
export const GUEST_INSIDE = "/writ";

/** These files of `guest/`, as they are put into an image. */
export async function guestFiles(names: readonly string[]): Promise<Extract<TarEntry, { kind: "text" }>[]> {
  return await Promise.all(
    names.map(async (name) => {
      const text = await readFile(fileURLToPath(new URL(`../../guest/${name}`, import.meta.url)), "utf8");
      return { kind: "text" as const, path: `${GUEST_INSIDE.slice(1)}/${name}`, mode: 0o644, text };
    }),
  );
}
