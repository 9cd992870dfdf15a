import { readValue, isUnder } from "@writ/ir/values";
import { textAt } from "../json-lines.js";
import { Confusion, Tally, type Comparison } from "./comparison.js";

const FOLDER = "/work";

/** Paths of attacks, of system files and of repositories: does one that a tool takes below a folder stay in it? */
export function comparePaths(rows: readonly object[]): Comparison {
  const tally = new Tally();
  const leaves = new Confusion();
  for (const row of rows) {
    const [text, label] = [textAt(row, "path") ?? "", textAt(row, "label") ?? ""];
    const benign = label === "benign";
    const path = readValue({ kind: "Path" }, text.startsWith("/") ? text : `${FOLDER}/${text}`, new Map());
    const inside = path.ok && typeof path.wire === "string" && isUnder(path.wire, FOLDER);
    leaves.add(!benign, !inside);
    const how = path.ok ? (inside ? "inside" : "outside") : `refused: ${path.fault.message}`;
    if (benign) tally.add(inside ? "agrees" : "stricter", `a file of a repository, ${how}`, text);
    else if (inside && !climbs(text)) tally.add("agrees", `${label}, but no step up, encoded or not: ${how}`, text);
    else tally.add(inside ? "looser" : "agrees", `${label}, ${how}`, text);
  }
  return tally.comparison("paths", `Path: does it leave ${FOLDER}?`, leaves.figures("paths that leave the folder"));
}

/** Whether a text climbs in any spelling that some server decodes, found without the reader that is measured. */
function climbs(text: string): boolean {
  let decoded = text.toLowerCase();
  for (let i = 0; i < 6; i += 1)
    decoded = decoded.replace(/%([0-7][0-9a-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /\.\.|%|\\|\0/.test(decoded);
}
