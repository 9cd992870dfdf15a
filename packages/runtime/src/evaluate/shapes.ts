import type { Bundle, Field, Type } from "@writ/ir";
import { compileGlob, compilePattern, globMatches } from "@writ/ir/values";
import { GuardError } from "../errors.js";

/** For each field that has a shape, whether a text fits it. */
export type Shapes = ReadonlyMap<Field, (text: string) => boolean>;

/** Whether any field of the bundle has a pattern for its shape. */
export function usesPatterns(bundle: Bundle): boolean {
  return [...fieldsOf(bundle)].some((field) => field.matches !== undefined);
}

/** Compiles the shapes of all fields. Throws a {@link GuardError} `policy_invalid` on one that does not compile. */
export function compileShapes(bundle: Bundle): Shapes {
  const shapes = new Map<Field, (text: string) => boolean>();
  const refuse = (field: Field, message: string): never => {
    throw new GuardError("policy_invalid", `the shape of ${field.name} does not compile: ${message}`);
  };
  for (const field of fieldsOf(bundle)) {
    const { matches, like } = field;
    const tests: ((text: string) => boolean)[] = [];
    if (matches !== undefined) {
      const compiled = compilePattern(matches);
      const pattern = compiled.ok ? compiled.pattern : refuse(field, compiled.message);
      tests.push((text) => pattern.matches(text));
    }
    if (like !== undefined) {
      const compiled = compileGlob(like);
      const glob = compiled.ok ? compiled.glob : refuse(field, compiled.message);
      tests.push((text) => globMatches(glob, text));
    }
    if (tests.length > 0)
      shapes.set(
        field,
        remembering((text) => tests.every((test) => test(text))),
      );
  }
  return shapes;
}

/** Longer texts are looked at each time. */
const MAX_REMEMBERED = 128;

/** Keeps what came of the last text: a status or a kind is the same in result after result, and a pattern takes long. */
function remembering(fits: (text: string) => boolean): (text: string) => boolean {
  let last: { readonly text: string; readonly fits: boolean } | undefined;
  return (text) => {
    if (last?.text === text) return last.fits;
    const found = fits(text);
    if (text.length <= MAX_REMEMBERED) last = { text, fits: found };
    return found;
  };
}

function* fieldsOf(bundle: Bundle): Iterable<Field> {
  for (const { type } of bundle.types) yield* fieldsIn(type);
  for (const tool of bundle.tools) if (tool.result !== undefined) yield* fieldsIn(tool.result);
}

function* fieldsIn(type: Type): Iterable<Field> {
  if (type.kind === "List") yield* fieldsIn(type.of);
  if (type.kind !== "Record") return;
  for (const field of type.fields) {
    yield field;
    yield* fieldsIn(field.type);
  }
}
