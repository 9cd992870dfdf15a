import type { Program } from "../backend.js";
import { FrameViolation } from "./frames.js";

/** The version that both sides speak; another one ends the sandbox. */
export const PROTOCOL = 1;

/** What the host says. `args` and `value` are tagged JSON (codec.ts). */
export type FromHost =
  | { readonly t: "run"; readonly program: Program; readonly args: unknown }
  | { readonly t: "answer"; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly t: "answer"; readonly id: number; readonly ok: false; readonly message: string };

/** What a sandbox says. */
export type FromSandbox =
  | { readonly t: "hello"; readonly protocol: number }
  | { readonly t: "ask"; readonly id: number; readonly effect: string; readonly args: unknown }
  | { readonly t: "log"; readonly text: string }
  | { readonly t: "done"; readonly value: unknown }
  | { readonly t: "failed"; readonly name: string; readonly message: string };

/** A message from inside, member by member; throws a {@link FrameViolation} where it is none. */
export function readMessage(parsed: unknown): FromSandbox {
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw none();
  const get = (key: string): unknown => (Object.hasOwn(parsed, key) ? Reflect.get(parsed, key) : undefined);
  const t = get("t");
  switch (t) {
    case "hello": {
      const protocol = get("protocol");
      if (typeof protocol !== "number") throw none();
      return { t, protocol };
    }
    case "ask": {
      const [id, effect] = [get("id"), get("effect")];
      if (typeof id !== "number" || !Number.isSafeInteger(id) || typeof effect !== "string" || effect.length > 64)
        throw none();
      return { t, id, effect, args: get("args") };
    }
    case "log": {
      const text = get("text");
      if (typeof text !== "string") throw none();
      return { t, text };
    }
    case "done":
      return { t, value: get("value") };
    case "failed": {
      const [name, message] = [get("name"), get("message")];
      if (typeof name !== "string" || typeof message !== "string") throw none();
      return { t, name: name.slice(0, 128), message: message.slice(0, 4000) };
    }
    default:
      throw none();
  }
}

function none(): FrameViolation {
  return new FrameViolation("a message that the protocol does not know");
}
