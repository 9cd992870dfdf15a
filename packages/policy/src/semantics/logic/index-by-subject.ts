import { walk, type Expression } from "@writ/ir";
import { keyOf } from "./key.js";

/** Rules that are compared with one another are few: those that speak of the same things. */
const MAX_CANDIDATES = 32;
const MAX_SUBJECTS = 6;

/** Finds, among many conditions, those that may follow from another, by what they speak of. */
export class SubjectIndex<T> {
  readonly #byWhole = new Map<string, T[]>();
  readonly #bySubjects = new Map<string, T[]>();
  /** What anything here speaks of. */
  readonly #spokenOf = new Set<string>();

  add(when: Expression, item: T): void {
    const subjects = subjectsOf(when);
    push(this.#byWhole, keyOf(when), item);
    push(this.#bySubjects, subjects.join("\n"), item);
    for (const subject of subjects) this.#spokenOf.add(subject);
  }

  /** A condition can only follow from one that speaks of all that it speaks of. */
  *candidates(when: Expression): Generator<T> {
    yield* this.#byWhole.get(keyOf(when)) ?? [];
    const all = subjectsOf(when);
    if (all.length > MAX_SUBJECTS) return;
    const subjects = all.filter((subject) => this.#spokenOf.has(subject));
    for (let chosen = 0; chosen < 1 << subjects.length; chosen++) {
      const key = subjects.filter((_subject, i) => (chosen & (1 << i)) !== 0).join("\n");
      yield* this.#bySubjects.get(key) ?? [];
    }
  }
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else if (list.length < MAX_CANDIDATES) list.push(item);
}

const known = new WeakMap<Expression, readonly string[]>();

/** What a condition speaks of: arguments, claims, roles and whatever else differs from call to call, sorted. */
function subjectsOf(when: Expression): readonly string[] {
  const found = known.get(when);
  if (found !== undefined) return found;
  const subjects = new Set<string>();
  walk(when, (node) => {
    switch (node.op) {
      case "arg":
        return void subjects.add(`arg ${node.name}`);
      case "given":
        return void subjects.add(`arg ${node.path[0] ?? ""}`);
      case "claim":
        return void subjects.add(`${node.of} ${node.name}`);
      case "role":
      case "fact":
      case "param":
        return void subjects.add(`${node.op} ${node.name}`);
      case "argsOf":
      case "tool":
      case "now":
      case "sinks":
      case "asked":
      case "labelled":
      case "firstSeen":
      case "did":
      case "result":
        return void subjects.add(keyOf(node));
      default:
        return undefined;
    }
  });
  const sorted = [...subjects].toSorted();
  known.set(when, sorted);
  return sorted;
}
