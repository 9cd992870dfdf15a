import type { Json } from "@writ/ir";

/** A host's tool and its hooks, in the only form in which the path of a call knows them: what hooks answer is not believed. */
export interface HeldPort {
  /** What the tool gives, or a promise of it; throws what it throws. */
  execute(args: Json, signal: AbortSignal): unknown;
  isControlFlow(error: unknown): boolean;
  /** Told how long a call ran behind walls, milliseconds: there `execute` is not called. */
  readonly ranBehindWalls?: (ms: number) => void;
  readonly content?: (result: unknown) => unknown;
  readonly withContent?: (result: unknown, content: Json) => unknown;
  readonly fromSandbox?: (result: unknown) => unknown;
  readonly save?: (result: unknown) => unknown;
  readonly restore?: (saved: Json) => unknown;
}

/** Stands where a host gave nothing that runs: the call is refused before, and nothing is run. */
export const NO_TOOL: HeldPort = {
  execute: () => Promise.reject(new TypeError("the host gave no function")),
  isControlFlow: () => false,
};

/** Stands for a call that is only decided: it runs nothing. */
export const DECIDE_ONLY: HeldPort = {
  execute: () => Promise.reject(new TypeError("a call that is only decided runs nothing")),
  isControlFlow: () => false,
};

/**
 * Reads a host's function or port once. Hooks answer at once: a promise from one is an error, and its rejection ends
 * nothing. {@link NO_TOOL} where what was given runs no tool.
 */
export function heldPort(given: unknown): HeldPort {
  try {
    if (typeof given === "function")
      return {
        execute: (args, signal): unknown => Reflect.apply(given, undefined, [args, signal]),

        isControlFlow: () => false,
      };
    if (typeof given !== "object" || given === null) return NO_TOOL;
    const execute: unknown = Reflect.get(given, "execute");
    if (typeof execute !== "function") return NO_TOOL;
    const controls = hook(given, "isControlFlow");
    const content = hook(given, "content");
    const withContent = hook(given, "withContent");
    const fromSandbox = hook(given, "fromSandbox");
    const save = hook(given, "save");
    const restore = hook(given, "restore");
    return {
      execute: (args, signal): unknown => Reflect.apply(execute, given, [args, signal]),
      isControlFlow: (error) => controls?.(error) === true,
      ...(content === undefined ? {} : { content }),
      ...(withContent === undefined ? {} : { withContent }),
      ...(fromSandbox === undefined ? {} : { fromSandbox }),
      ...(save === undefined ? {} : { save }),
      ...(restore === undefined ? {} : { restore }),
    };
  } catch {
    return NO_TOOL; // a getter or a proxy that throws
  }
}

/** A hook that is there and no function fails whenever it is asked: a rule about results then withholds. */
function hook(given: object, name: string): ((...args: readonly unknown[]) => unknown) | undefined {
  const found: unknown = Reflect.get(given, name);
  if (found === undefined || found === null) return undefined;
  return (...args) => {
    if (typeof found !== "function") throw new TypeError(`the host's ${name} is no function`);
    return atOnce(Reflect.apply(found, given, args), name);
  };
}

function atOnce(answer: unknown, name: string): unknown {
  if (!isThenable(answer)) return answer;
  settle(answer);
  throw new TypeError(`the host's ${name} answered a promise`);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Nobody waits for it: its rejection must not end the process. */
export function settle(answer: PromiseLike<unknown>): void {
  Promise.resolve(answer).catch(() => undefined);
}
