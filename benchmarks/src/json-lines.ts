import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** What a line of a data file holds. */
export interface JsonLines {
  readonly objects: readonly object[];
  /** Lines that hold no JSON object. */
  readonly left: number;
}

/** Reads JSON a line, gzipped where the name ends in `.gz`. Lines that hold no object are counted and left out. */
export async function readJsonLines(file: string): Promise<JsonLines> {
  const raw = createReadStream(file);
  const bytes = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  raw.on("error", (error) => bytes.destroy(error));
  const objects: object[] = [];
  let left = 0;
  for await (const line of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    const read = parsed(line);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) objects.push(read);
    else left += 1;
  }
  return { objects, left };
}

/** What a text holds as JSON; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an object holds under a name of its own; undefined where there is none, or `value` is no object. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

/** The same, where it is a text. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** The same, where it is a number. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** The same, where it is a list; empty where it is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of such a list. */
export function textsAt(value: unknown, ...path: readonly (string | number)[]): readonly string[] {
  return listAt(value, ...path).filter((one) => typeof one === "string");
}
