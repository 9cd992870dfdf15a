import type { Identity, Json } from "@writ/ir";
import type { Reading, Value } from "@writ/ir/values";
import type { CallFlow, Fixed } from "../../flow/call-flow.js";
import type { History } from "../../history/history.js";
import { valueOf } from "../evaluate.js";
import type { Program, ToolProgram } from "../program.js";
import { createScope, type Answers, type Scope } from "../scope.js";
import { canonicalOf, type Canonical } from "./canonical.js";
import { claimOf, isClean, readClaim } from "./read-claim.js";
import { Found } from "./rule-index.js";
import type { Claim } from "./slots.js";
import type { ToolCode } from "./tool-code.js";

/** What is so when a call is decided; the call itself apart. */
export interface Situation {
  readonly identity: Identity;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  /** Roles that a test supposes. */
  readonly supposed?: ReadonlySet<string> | undefined;
  /** Gives the labels of the arguments; absent, every condition on labels and on what was said is unknown. */
  readonly flow?:
    | ((tool: ToolProgram, args: ReadonlyMap<string, Value>, fixed?: Fixed) => CallFlow | undefined)
    | undefined;
  /** What the session did; absent, every condition on it is unknown. */
  readonly history?: History | undefined;
  /** What facts and detectors answered; absent, conditions on them are unknown. */
  readonly answers?: Answers | undefined;
}

/** What the evaluator of trees looks at. */
export function scopeFor(
  program: Program,
  tool: ToolProgram,
  values: ReadonlyMap<string, Value>,
  { identity, now, supposed, history, answers, flow }: Situation,
): Scope {
  return createScope(program, tool, values, identity, now, { supposed, history, answers, flow: flow?.(tool, values) });
}

/** What one decision works with. It serves later ones too, since a decision is synchronous. */
export class Frame {
  program: Program;
  tool: ToolProgram;
  code: ToolCode;
  identity: Identity;
  now: number;
  /** What is known besides, in the whole situation; absent, nothing is. */
  more: Situation | undefined;
  /** Roles that a test supposes. */
  supposed: ReadonlySet<string> | undefined;
  /** What was found (`findLive`): the rules that are not false, those of them that are unknown; or, where there are many, how many; -1 where it is not a list. */
  live = 0;
  unknown = 0;
  /** Whether all objects are as they were made: see `isClean`. */
  clean = false;
  /** The columns, by their bits (`Column.sure`), that answered while the arguments were read. */
  answered = 0;
  many = -1;
  /** Of such a list: its numbers; what stands behind them is of earlier calls. */
  readonly manyRules: number[] = [];
  /** Rules of a tool with many that may concern the call. */
  readonly found = new Found();
  /** Values by number (`Slots`). */
  readonly slots: (Value | undefined)[] = [];
  /** The currency of an amount, whose slot holds minor units. */
  readonly units: string[] = [];
  /** Whether an amount came without its currency: so it goes on. */
  readonly bare: boolean[] = [];
  /** What an argument without a quick way was read as. */
  readonly readings: (Reading | undefined)[] = [];
  /** All arguments, where they were read the long way. */
  whole: Canonical | undefined;
  /** Truths kept during this decision, and the decision that kept them. */
  kept = new Uint8Array(16);
  keptIn = new Uint32Array(16);
  /** The decision that found what a slot holds, of the slots after the arguments. */
  #foundIn = new Uint32Array(16);
  /** The number of this decision. */
  turn = 0;
  #scope: Scope | undefined;

  constructor(program: Program, tool: ToolProgram, identity: Identity) {
    this.program = program;
    this.tool = tool;
    this.code = tool.code;
    this.identity = identity;
    this.now = 0;
  }

  begin(program: Program, tool: ToolProgram, identity: Identity, now: number, more: Situation | undefined): void {
    const { code } = tool;
    this.program = program;
    this.tool = tool;
    this.code = code;
    this.identity = identity;
    this.now = now;
    this.more = more;
    this.supposed = more?.supposed;
    this.live = code.everyRule;
    this.unknown = 0;
    this.answered = 0;
    this.clean = isClean();
    this.many = -1;
    if (this.readings.length > 0) this.readings.length = 0;
    this.end();
    const { slots } = this;
    const { args, size, kept } = code;
    if (kept > this.kept.length || size > slots.length || this.turn >= 0xffff_fffe) this.#grow(kept, size);
    this.turn += 1;
    for (let i = 0; i < args; i += 1) slots[i] = undefined;
  }

  /** Makes room, and forgets every earlier decision. */
  #grow(kept: number, size: number): void {
    const { slots } = this;
    while (slots.length < size) slots.push(undefined);
    this.kept = new Uint8Array(Math.max(kept * 2, this.kept.length));
    this.keptIn = new Uint32Array(this.kept.length);
    this.#foundIn = new Uint32Array(slots.length);
    this.turn = 0;
  }

  /** The value of a slot; undefined is unknown, and so is what cannot be found out. */
  value(slot: number): Value | undefined {
    return slot < this.code.args ? this.slots[slot] : this.derived(slot);
  }

  /** The same of a slot after the arguments. */
  derived(slot: number): Value | undefined {
    return this.#foundIn[slot] === this.turn ? this.slots[slot] : this.#find(slot);
  }

  /** A claim as it came; undefined where there is none, or it cannot be looked at. */
  given({ of, field }: Claim): Json | undefined {
    try {
      return claimOf(of, field.name, this.identity, this.clean);
    } catch {
      return undefined;
    }
  }

  #find(slot: number): Value | undefined {
    let value: Value | undefined;
    const derived = this.code.derived[slot - this.code.args];
    try {
      if (derived?.claim !== undefined) value = readClaim(derived.claim, this.identity, this.program.types, this.clean);
      else if (derived !== undefined) value = valueOf(derived.node, this.scope());
    } catch {
      this.stumbled();
    }
    this.slots[slot] = value;
    this.#foundIn[slot] = this.turn;
    return value;
  }

  /** Arguments as the tool receives them and as rules see them. */
  canonical(): Canonical {
    this.whole ??= canonicalOf(this);
    return this.whole;
  }

  scope(): Scope {
    const { identity, now } = this;
    this.#scope ??= scopeFor(this.program, this.tool, this.canonical().values, this.more ?? { identity, now });
    return this.#scope;
  }

  /** After a fault in the middle of a tree: no name stays bound. */
  stumbled(): void {
    this.#scope?.variables.clear();
    this.#scope?.lists.clear();
  }

  /** Lets go of what may be large; the next call finds every slot as it should be. */
  end(): void {
    if (this.whole === undefined && this.#scope === undefined) return;
    this.whole = undefined;
    this.#scope = undefined;
  }

  /** The scope, where something needed one. */
  get scoped(): Scope | undefined {
    return this.#scope;
  }
}

let idle: Frame | undefined;

/** A frame for one decision. One that is begun within another has its own. */
export function takeFrame(
  program: Program,
  tool: ToolProgram,
  identity: Identity,
  now: number,
  more: Situation | undefined,
): Frame {
  const frame = idle ?? new Frame(program, tool, identity);
  idle = undefined;
  frame.begin(program, tool, identity, now, more);
  return frame;
}

/** A frame that broke on its way is not given back. */
export function giveBack(frame: Frame): void {
  frame.end();
  idle = frame;
}
