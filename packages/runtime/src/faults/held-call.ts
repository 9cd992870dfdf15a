import { copyJson, type Fault, type Json } from "@writ/ir";
import type { ToolCall } from "../port.js";

/** The arguments of a call as plain data; a fault where they are none, or where the call itself is malformed. */
export type HeldArgs = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly fault: Fault };

/** A call, read once: what is told apart, decided, recorded and run is this copy. */
export interface HeldCall {
  readonly call: ToolCall;
  readonly args: HeldArgs;
}

/** Reads a call of a host. Getters that throw and members of a wrong type refuse the call, and never throw. `runs`: the host gave something that runs the tool. */
export function heldCall(given: unknown, runs = true): HeldCall {
  try {
    if (typeof given !== "object" || given === null) return malformed("", "a call is an object with a tool and args");
    const source: { readonly [Name in keyof ToolCall]?: unknown } = given;
    // Each is read once: what a getter gives the second time is not looked at.
    const { args } = source;
    const tool = source.tool ?? undefined;
    const callId = source.callId ?? undefined;
    const scope = source.scope ?? undefined;
    const signal = source.signal ?? undefined;
    const name = typeof tool === "string" ? tool : `<${typeof tool}>`;
    if (typeof tool !== "string") return malformed("tool", "a tool's name is a text", name, "unknown_tool");
    if (!isTextOrAbsent(callId)) return malformed("callId", "the host's id for a call is a text", name);
    if (!isTextOrAbsent(scope)) return malformed("scope", "the scope of a call is a text", name);
    if (!isSignalOrAbsent(signal)) return malformed("signal", "the signal of a call is an AbortSignal", name);
    if (!runs) return malformed("tool", "the host gave no function that runs it", name);
    const call: ToolCall =
      callId === undefined && scope === undefined && signal === undefined
        ? { tool: name, args }
        : {
            tool: name,
            args,
            ...(callId === undefined ? {} : { callId }),
            ...(scope === undefined ? {} : { scope }),
            ...(signal === undefined ? {} : { signal }),
          };
    return { call, args: copyJson(args) };
  } catch {
    return malformed("", "the call cannot be read");
  }
}

function malformed(path: string, message: string, tool = "", code = "call"): HeldCall {
  return { call: { tool, args: null }, args: { ok: false, fault: { path, code, message } } };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

/** By what it can do: a signal of another realm is one too. */
function isSignalOrAbsent(value: unknown): value is AbortSignal | undefined {
  return (
    value === undefined ||
    (typeof value === "object" &&
      value !== null &&
      "aborted" in value &&
      typeof value.aborted === "boolean" &&
      "addEventListener" in value &&
      typeof value.addEventListener === "function" &&
      "removeEventListener" in value &&
      typeof value.removeEventListener === "function")
  );
}
