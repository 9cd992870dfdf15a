import { isList } from "../duties/json-path.js";
import { canonicalize, walk, type Expression, type Json } from "@writ/ir";
import type { CallContext } from "../call/context.js";
import type { Verdict } from "../evaluate/decide.js";
import { truthOf } from "../evaluate/evaluate.js";
import type { Program, ToolProgram } from "../evaluate/program.js";
import { wireOf } from "../evaluate/wire.js";
import { newMemory } from "../flow/session-memories.js";
import { prepare } from "../call/prepare.js";

/** What would have to be otherwise for a call to be allowed, or to be asked about. */
export type Change =
  | { readonly kind: "argument"; readonly name: string; readonly value: Json }
  /** The argument is left out. */
  | { readonly kind: "without"; readonly name: string }
  /** The user has a role that he has not. */
  | { readonly kind: "role"; readonly role: string }
  /** The session has read and done nothing before. */
  | { readonly kind: "fresh" }
  /** Another tool, with the same arguments. */
  | { readonly kind: "tool"; readonly tool: string };

/** A set of changes, decided by the real engine: with all of them, and nothing else, this is the decision. */
export interface Nearest {
  readonly changes: readonly Change[];
  readonly effect: "allow" | "ask";
}

/** Decisions that one search may make. */
const MAX_TRIES = 400;
/** Of these, single changes whose pairs are looked at. */
const MAX_PAIRED = 24;
const MAX_FOUND = 3;

/**
 * The smallest changes under which a refused call would not be, those that allow it first. Each was decided again by the
 * engine that decides calls, over the session as it is; a search that ends without one says nothing of what there is.
 */
export async function nearestTo(
  context: CallContext,
  tool: ToolProgram,
  args: Json,
  refused: Verdict,
): Promise<readonly Nearest[]> {
  const singles = [...candidates(context.program, tool, args, refused)].slice(0, MAX_TRIES - 100);
  const held = rolesOf(context.program, refused);
  let tries = 0;
  const found: Nearest[] = [];
  const look = async (changes: readonly Change[]): Promise<void> => {
    tries += 1;
    const { effect } = (await decideWith(context, tool, args, held, changes)).decision;
    if (effect !== "forbid") found.push({ changes, effect });
  };
  for (const change of singles) if (tries < MAX_TRIES) await look([change]);
  if (found.length === 0)
    for (const [i, one] of singles.slice(0, MAX_PAIRED).entries())
      for (const other of singles.slice(i + 1, MAX_PAIRED))
        if (tries < MAX_TRIES && !isSame(one, other)) await look([one, other]);
  return found.toSorted((a, b) => Number(b.effect === "allow") - Number(a.effect === "allow")).slice(0, MAX_FOUND);
}

/** The values that the rules themselves hold an argument against, roles, a clean start, and tools that take the same. */
function* candidates(program: Program, tool: ToolProgram, args: Json, refused: Verdict): Generator<Change> {
  const given = new Set(typeof args === "object" && args !== null ? Object.keys(args) : []);
  const seen = new Set<string>();
  for (const { rule } of refused.matches)
    for (const { name, value } of valuesIn(program, rule.when)) {
      const param = tool.params.get(name);
      const key = canonicalize([name, value]);
      if (param === undefined || seen.has(key)) continue;
      seen.add(key);
      yield { kind: "argument", name, value: param.type.kind === "List" && !isList(value) ? [value] : value };
    }
  for (const { name, optional } of tool.params.values())
    if (optional === true && given.has(name)) yield { kind: "without", name };
  const held = rolesOf(program, refused);
  for (const role of program.roles.keys()) if (!held.has(role)) yield { kind: "role", role };
  if (program.flows || program.watched.tools.size > 0) yield { kind: "fresh" };
  for (const other of program.byName.values()) if (other !== tool) yield { kind: "tool", tool: other.tool.name };
}

function* valuesIn(program: Program, when: Expression): Generator<{ readonly name: string; readonly value: Json }> {
  const atoms: Expression[] = [];
  walk(when, (node) => {
    if (!["and", "or", "not"].includes(node.op)) atoms.push(node);
  });
  for (const atom of atoms) {
    const names = new Set<string>();
    const values: Json[] = atom.op === "hostIn" ? atom.patterns.flatMap((host) => [host, `https://${host}/`]) : [];
    walk(atom, (node) => {
      if (node.op === "arg") names.add(node.name);
      if (node.op === "literal") values.push(node.value);
      const param = node.op === "param" ? program.params.get(node.name) : undefined;
      const type = node.op === "param" ? program.bundle.params.find(({ name }) => name === node.name)?.type : undefined;
      if (param !== undefined) values.push(wireOf(param, type, program.types));
    });
    for (const name of names)
      for (const value of values.flatMap(elements)) {
        yield { name, value };
        if (typeof value !== "number") continue;
        yield { name, value: value - 1 };
        yield { name, value: value + 1 };
      }
  }
}

/** What a list of a rule holds is a value too. */
function elements(value: Json): readonly Json[] {
  return isList(value) ? [...value, value] : [value];
}

function rolesOf(program: Program, { scope }: Verdict): ReadonlySet<string> {
  if (scope === undefined) return new Set();
  const holds = (name: string): boolean => {
    try {
      return truthOf({ op: "role", name, at: [0, 0, 0, 1, 1] }, scope) === true;
    } catch {
      return false;
    }
  };
  return new Set([...program.roles.keys()].filter(holds));
}

/** Decides the call as it would be; nothing is run, recorded or remembered. */
async function decideWith(
  context: CallContext,
  tool: ToolProgram,
  args: Json,
  held: ReadonlySet<string>,
  changes: readonly Change[],
): Promise<Verdict> {
  const members = new Map(Object.entries(typeof args === "object" && args !== null ? args : {}));
  const roles = new Set(held);
  let [asked, memory] = [tool, context.memory];
  for (const change of changes)
    switch (change.kind) {
      case "argument":
        members.set(change.name, change.value);
        break;
      case "without":
        members.delete(change.name);
        break;
      case "role":
        roles.add(change.role);
        break;
      case "fresh":
        memory = newMemory(context.program, true);
        break;
      case "tool":
        asked = context.program.byName.get(change.tool) ?? tool;
        break;
    }
  const supposed = changes.some(({ kind }) => kind === "role") ? { rehearsal: { supposed: roles } } : {};
  const name = asked.tool.as ?? asked.tool.name;
  const value: Json = Object.fromEntries(members);
  const made = { tool: name, args: value };
  return (await prepare({ ...context, ...supposed, memory }, made, { ok: true, value }, asked)).verdict;
}

function isSame(a: Change, b: Change): boolean {
  if (a.kind !== b.kind) return "name" in a && "name" in b && a.name === b.name;
  return !("name" in a && "name" in b) || a.name === b.name;
}
