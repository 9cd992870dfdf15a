import type { Field, Identity, Json } from "@writ/ir";
import { findingOf } from "../finding.js";
import type { Program } from "../program.js";
import type { ToolProgram } from "../tool-program.js";
import { PATH_COLUMN } from "./column.js";
import { giveBack, takeFrame } from "./frame.js";
import { findLive, judge } from "./live-rules.js";
import { readArguments } from "./read-arguments.js";
import {
  kindOf,
  READ_BOOL,
  READ_DECIMAL,
  READ_ENUM,
  READ_HOST,
  READ_ID,
  READ_INT,
  READ_LINE,
  READ_PATH,
  READ_TEXT,
} from "./slots.js";

const TOOLS = 5;
const RULES = 5;
/** Calls of each: what is run so often is compiled for the machine before the first real call. */
const CALLS = 12;

/**
 * Decides calls that nobody made, so that the first real ones do not wait until the code and the patterns of a decision
 * are compiled. Nothing of them is recorded. Conditions that are walked are left alone: what they take is not known.
 */
export function warmUp(program: Program): void {
  const { user, agent, session } = program.bundle.identity;
  const identity = { user: sample(user), agent: sample(agent), session: sample(session) };
  let left = TOOLS;
  for (const tool of program.tools.values()) {
    if (left === 0 || tool.code.code.trees.length > 0) return;
    left -= 1;
    const args = sample(tool.tool.params);
    // Of thousands of rules one call is enough, and may take long.
    if (!tool.code.few) pretend(program, tool, args, identity);
    else {
      const met = { ...args, ...named(tool) };
      for (let i = CALLS; i > 0; i -= 1) pretend(program, tool, i % 2 === 0 ? args : met, identity);
    }
  }
}

/** Arguments that rules name, as most real ones are: what is known is another way than what is not. */
function named({ tool, code }: ToolProgram): { readonly [name: string]: Json } {
  return Object.fromEntries(
    tool.params.flatMap(({ name }, slot) => {
      const column = code.asked[slot];
      const [text] = column?.texts ?? [];
      if (column === undefined || text === undefined) return [];
      return [[name, column.kind === PATH_COLUMN ? `${text}/warm/up.txt` : text]];
    }),
  );
}

function pretend(program: Program, tool: ToolProgram, args: Json, identity: Identity): void {
  const frame = takeFrame(program, tool, identity, 0, undefined);
  if (readArguments(frame, args) === undefined) {
    findLive(frame);
    findingOf(frame);
    for (let rule = 0; rule < RULES; rule += 1) judge(frame, rule, 0);
  }
  giveBack(frame);
}

/** Something that fits each field, where that is easily said. */
function sample(fields: readonly Field[]): { readonly [name: string]: Json } {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = sampleOf(field);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

function sampleOf({ type }: Field): Json | undefined {
  switch (kindOf(type)) {
    case READ_TEXT:
    case READ_LINE:
    case READ_ID:
      return "warm";
    case READ_PATH:
      return "/warm/up";
    case READ_HOST:
      return "warm.example";
    case READ_ENUM:
      return type.kind === "Enum" ? type.values[0] : undefined;
    case READ_BOOL:
      return true;
    case READ_INT:
    case READ_DECIMAL:
      return 1;
    default:
      return type.kind === "List" && type.of.kind === "Text" ? ["warm"] : undefined;
  }
}
