/** A file that is no result, or one of another version. */
export class BadResult extends Error {
  constructor(at: string, wanted: string) {
    super(`${at}: it should be ${wanted}`);
    this.name = "BadResult";
  }
}

/** Reads a value of JSON at a place, or throws a {@link BadResult}. */
export type Reader<T> = (json: unknown, at: string) => T;

export const textAt: Reader<string> = (json, at) => {
  if (typeof json !== "string") throw new BadResult(at, "a text");
  return json;
};

/** JSON has no number that is not finite. */
export const numberAt: Reader<number> = (json, at) => {
  if (typeof json !== "number") throw new BadResult(at, "a number");
  return json;
};

export const objectAt: Reader<Readonly<Record<string, unknown>>> = (json, at) => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new BadResult(at, "an object");
  return Object.fromEntries(Object.entries(json));
};

export function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return (json, at) => {
    if (!Array.isArray(json)) throw new BadResult(at, "a list");
    return json.map((one: unknown, n) => item(one, `${at}[${n}]`));
  };
}

export function recordOf<T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (json, at) =>
    Object.fromEntries(Object.entries(objectAt(json, at)).map(([name, one]) => [name, item(one, `${at}.${name}`)]));
}

export function pairs(json: unknown, at: string): readonly (readonly [number, number])[] {
  return listOf((one, place) => {
    const [x, y] = listOf(numberAt)(one, place);
    if (x === undefined || y === undefined) throw new BadResult(place, "two numbers");
    return [x, y] as const;
  })(json, at);
}

/** A member that may be missing. */
export function optional<Name extends string, T>(
  name: Name,
  json: unknown,
  at: string,
  read: Reader<T>,
): { readonly [key in Name]?: T } {
  if (json === undefined) return {};
  const member: { [key in Name]?: T } = {};
  member[name] = read(json, at);
  return member;
}
