import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** A text that somebody else called benign or an injection. */
export interface Sample {
  readonly text: string;
  readonly injection: boolean;
  /** Where it comes from, as its corpus says: figures are given for each. */
  readonly group: string;
}

/** The samples of a corpus: JSON a line, `{ text, label: "benign" | "injection", group }`, gzipped or not. Other lines are left out, and counted. */
export async function readCorpus(
  file: string,
): Promise<{ readonly samples: readonly Sample[]; readonly left: number }> {
  const bytes = createReadStream(file);
  const samples: Sample[] = [];
  let left = 0;
  for await (const line of createInterface({ input: file.endsWith(".gz") ? bytes.pipe(createGunzip()) : bytes })) {
    const sample = line === "" ? undefined : sampleOf(line);
    if (sample !== undefined) samples.push(sample);
    else if (line !== "") left += 1;
  }
  return { samples, left };
}

function sampleOf(line: string): Sample | undefined {
  try {
    const read: unknown = JSON.parse(line);
    if (typeof read !== "object" || read === null || !("text" in read) || !("label" in read)) return undefined;
    const { text, label } = read;
    if (typeof text !== "string" || (label !== "benign" && label !== "injection")) return undefined;
    const [kind, group] = ["kind", "group"].map((name) => {
      const value: unknown = Reflect.get(read, name);
      return typeof value === "string" ? value : "";
    });
    return { text, injection: label === "injection", group: [group, kind].filter((part) => part !== "").join(", ") };
  } catch {
    return undefined;
  }
}
