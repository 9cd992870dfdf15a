import type { Bounds } from "@writ/ir";
import type { ToolProgram } from "../evaluate/program.js";
import type { CallFlow, Fixed } from "../flow/call-flow.js";
import { joinKnown } from "../flow/labels.js";
import type { Learned } from "./learned.js";

/** What a nested call may give: a file or a page of some megabytes, as base64 at worst. */
export const NESTED_RESULT: Bounds = { depth: 32, nodes: 50_000, bytes: 16 * 1024 * 1024 };

/** The call within which a sandbox asks for another. */
export interface NestedIn {
  /** Its id. */
  readonly call: string;
  /** The labels of its arguments. */
  readonly flow: CallFlow | undefined;
  /** What its program was given so far; the result of the nested call joins it. */
  readonly learned: Learned;
  /** Whether the network of the tool itself grants this call, where no rule does. */
  readonly listed: boolean;
}

/**
 * What a program asks for is made of anything that it was given: each argument carries the labels of the whole call and
 * of all that was read on its way.
 */
export function carriedBy({ flow, learned }: NestedIn, tool: ToolProgram): Fixed {
  const labels = joinKnown(
    flow === undefined ? learned.labels : joinKnown(flow.carried(), flow.steering()),
    learned.labels,
  );
  return new Map([...tool.params.keys()].map((name) => [name, { labels, whole: false }]));
}
