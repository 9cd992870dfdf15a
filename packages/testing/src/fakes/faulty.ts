/** How a port fails: it throws, never answers, or answers with something else. */
export type FaultKind = "throws" | "hangs" | { readonly answers: unknown };

/** What makes a call of a port fail. */
export interface Fault {
  /** The method: `append`, `reserve`. */
  readonly method: string;
  readonly how: FaultKind;
  /** Calls of the method that go well before. */
  readonly after?: number;
  /** Calls that fail then; all of them where it is absent. */
  readonly times?: number;
}

/** The port's error. It has no code of any port's own: whoever wraps a port has to take any error. */
export class InjectedFault extends Error {
  constructor(method: string) {
    super(`${method} fails, as the test says`);
    this.name = "InjectedFault";
  }
}

/**
 * A log, a store or any other port that fails where a test says: to show that what is built on it refuses then, and never
 * goes on. Everything else is the port's own.
 */
export function faulty<T extends object>(port: T, ...faults: readonly Fault[]): T {
  const made = new Map<string, number>();
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function" || typeof name !== "string") return value;
      return (...args: readonly unknown[]): unknown => {
        const count = (made.get(name) ?? 0) + 1;
        made.set(name, count);
        const fault = faults.find(
          ({ method, after = 0, times = Infinity }) => method === name && count > after && count <= after + times,
        );
        return fault === undefined ? Reflect.apply(value, target, args) : failed(name, fault.how);
      };
    },
  });
}

function failed(method: string, how: FaultKind): Promise<unknown> {
  if (how === "throws") return Promise.reject(new InjectedFault(method));
  if (how === "hangs") return new Promise(() => undefined);
  return Promise.resolve(how.answers);
}
