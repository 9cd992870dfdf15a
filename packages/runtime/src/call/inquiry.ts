import { canonicalize, copyJson, type Fact, type Json } from "@writ/ir";
import { readValue, type Value } from "@writ/ir/values";
import type { Finding } from "../detect/detector.js";
import type { Detectors } from "../detect/detectors.js";
import { Deadlines } from "../faults/deadlines.js";
import type { Program } from "../evaluate/program.js";
import type { Answers } from "../evaluate/scope.js";
import { wireOf } from "../evaluate/wire.js";
import type { Truth } from "../evaluate/kleene.js";

/** Answers a fact. Its arguments are canonical JSON, in the order of the declaration. */
export type FactFunction = (...args: readonly Json[]) => Json | Promise<Json>;

/** How long a fact that says nothing else may take, in milliseconds. */
const DEFAULT_TIMEOUT = 1000;
const DEADLINES = new WeakMap<FactFunction, Deadlines>();
/** Further questions of one call stay unanswered, which is unknown. */
const MAX_QUESTIONS = 256;

/** Something that was asked and did not answer as it should: what hangs on it is unknown, and the record says why. */
export interface Unanswered {
  /** `fact risk_score`, `detector injection`. */
  readonly by: string;
  readonly kind: "timeout" | "error" | "answer" | "unavailable";
}

/**
 * What one call asks of the host: facts, and detectors that need time. A decision only looks at what was answered; what
 * it misses is asked, once each, and then it is decided again. All decisions of a call see the same answers.
 */
export class Inquiry implements Answers {
  readonly #program: Program;
  readonly #facts: ReadonlyMap<string, FactFunction>;
  readonly #detectors: Detectors;
  // Made when something is asked: most calls ask nothing.
  #answers: Map<string, Value | undefined> | undefined;
  #findings: Map<string, readonly Finding[] | undefined> | undefined;
  #pending: (() => Promise<void>)[] | undefined;
  #asked = 0;
  #failures: Map<string, Unanswered> | undefined;

  constructor(program: Program, facts: ReadonlyMap<string, FactFunction>, detectors: Detectors) {
    this.#program = program;
    this.#facts = facts;
    this.#detectors = detectors;
  }

  fact(fact: Fact, args: readonly Value[]): Value | undefined {
    const wire = args.map((arg, i) => wireOf(arg, fact.params[i]?.type, this.#program.types));
    const key = canonicalize([fact.name, wire]);
    if (!this.#answered().has(key)) {
      this.#ask(async () => void this.#answered().set(key, await this.#factAnswer(fact, wire)));
      this.#answered().set(key, undefined);
    }
    return this.#answered().get(key);
  }

  detects(detector: string, text: string): Truth {
    const found = this.findings(detector, text);
    return found === undefined ? undefined : found.length > 0;
  }

  /** What a detector found; undefined where it is unavailable, or not asked yet ({@link settle}). */
  findings(detector: string, text: string): readonly Finding[] | undefined {
    const key = `${detector}\0${text}`;
    if (!this.#found().has(key)) {
      const found = this.#detectors.find(detector, text);
      if (found instanceof Promise) {
        this.#found().set(key, undefined);
        this.#ask(async () => this.#foundBy(detector, key, await found));
      } else this.#foundBy(detector, key, found);
    }
    return this.#found().get(key);
  }

  #foundBy(detector: string, key: string, found: readonly Finding[] | undefined): void {
    this.#found().set(key, found);
    if (found === undefined) this.#failed(`detector ${detector}`, "unavailable");
  }

  /** Whether something failed to answer. */
  get failed(): boolean {
    return this.#failures !== undefined;
  }

  /** What failed to answer, once each. */
  get unanswered(): readonly Unanswered[] {
    return this.#failures === undefined ? [] : [...this.#failures.values()];
  }

  #failed(by: string, kind: Unanswered["kind"]): undefined {
    (this.#failures ??= new Map<string, Unanswered>()).set(by, { by, kind });
  }

  /** Whether something was asked and not waited for yet. */
  get open(): boolean {
    return this.#pending !== undefined;
  }

  /** Waits for what was asked since the last time; false where nothing was. */
  async settle(): Promise<boolean> {
    const pending = this.#pending;
    if (pending === undefined) return false;
    this.#pending = undefined;
    await Promise.all(pending.map((ask) => ask()));
    return true;
  }

  #answered(): Map<string, Value | undefined> {
    return (this.#answers ??= new Map<string, Value | undefined>());
  }

  #found(): Map<string, readonly Finding[] | undefined> {
    return (this.#findings ??= new Map<string, readonly Finding[] | undefined>());
  }

  #ask(question: () => Promise<void>): void {
    this.#asked += 1;
    if (this.#asked <= MAX_QUESTIONS) (this.#pending ??= []).push(question);
  }

  /** The host's answer; `on error` where it fails, is late or does not fit, and unknown where there is none. */
  async #factAnswer(fact: Fact, args: readonly Json[]): Promise<Value | undefined> {
    const read = (answer: unknown): Value | undefined => {
      const copied = answer === undefined ? undefined : copyJson(answer);
      const value = copied?.ok === true ? readValue(fact.result, copied.value, this.#program.types) : undefined;
      return value?.ok === true ? value.value : undefined;
    };
    const ask = this.#facts.get(fact.name);
    if (ask === undefined) return read(fact.onError);
    try {
      const late = (why: string): Error => new FactLate(why);
      const answer = read(await deadlinesOf(ask, fact).within(() => ask(...structuredClone(args)), late));
      if (answer !== undefined) return answer;
      this.#failed(`fact ${fact.name}`, "answer");
    } catch (error) {
      this.#failed(`fact ${fact.name}`, error instanceof FactLate ? "timeout" : "error");
    }
    return read(fact.onError);
  }
}

class FactLate extends Error {}

/** A fact that hangs for ever fails alone. */
function deadlinesOf(ask: FactFunction, { timeout = DEFAULT_TIMEOUT }: Fact): Deadlines {
  const known = DEADLINES.get(ask);
  if (known !== undefined) return known;
  const made = new Deadlines(timeout);
  DEADLINES.set(ask, made);
  return made;
}
