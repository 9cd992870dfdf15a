import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";

/** One operation of a random program on files; what the file system refuses does nothing. */
export type Operation =
  | { readonly op: "write" | "append"; readonly path: string; readonly text: string }
  | { readonly op: "mkdir" | "remove" | "truncate" | "touch"; readonly path: string }
  | { readonly op: "rename"; readonly path: string; readonly to: string }
  | { readonly op: "link"; readonly path: string; readonly to: string }
  | { readonly op: "chmod"; readonly path: string; readonly mode: number };

const name = fc.constantFrom("a", "b", "c", "d", "é", "__proto__", "a-b");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const text = fc.string({ maxLength: 20 });

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constantFrom("write" as const, "append" as const), path, text }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom("mkdir" as const, "remove" as const, "truncate" as const, "touch" as const),
      path,
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("rename" as const), path, to: path }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("link" as const), path, to: name }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("chmod" as const),
      path,
      mode: fc.constantFrom(0o755, 0o700, 0o500, 0o644, 0o600, 0o444),
    }),
  },
);

export const program: fc.Arbitrary<readonly Operation[]> = fc.array(operation, { maxLength: 25 });

export function runProgram(root: string, operations: readonly Operation[]): void {
  for (const one of operations) {
    try {
      runOne(root, one);
    } catch {
      // As in any program that does not mind.
    }
  }
}

function runOne(root: string, one: Operation): void {
  const at = join(root, one.path);
  switch (one.op) {
    case "write":
      return writeFileSync(at, one.text);
    case "append":
      return appendFileSync(at, one.text);
    case "mkdir":
      mkdirSync(at, { recursive: true });
      return;
    case "remove":
      return rmSync(at, { recursive: true });
    case "truncate":
      return truncateSync(at, 1);
    case "touch":
      return utimesSync(at, 1, 1);
    case "rename":
      return renameSync(at, join(root, one.to));
    case "link":
      return symlinkSync(one.to, at);
    case "chmod":
      // What a folder that nobody may enter holds could not be compared.
      return chmodSync(at, lstatSync(at).isDirectory() ? one.mode | 0o500 : one.mode);
  }
}
