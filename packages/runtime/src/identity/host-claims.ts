import { copyJson, type Json } from "@writ/ir";
import { readValue } from "@writ/ir/values";
import { isObject } from "../duties/json-path.js";
import { GuardError } from "../errors.js";
import type { Program } from "../evaluate/program.js";

/** The host's claims as plain data; one that the policy declares must fit its type. */
export function claims(
  program: Program,
  kind: "user" | "agent" | "session",
  given: unknown,
): { [claim: string]: Json } {
  const copied = copyJson(given);
  const value = copied.ok ? copied.value : undefined;
  if (!isObject(value)) {
    throw new GuardError(
      "identity_invalid",
      `the claims of ${kind} must be a plain object${copied.ok ? "" : `: ${[copied.fault.path, copied.fault.message].filter(Boolean).join(": ")}`}`,
    );
  }
  const out: { [claim: string]: Json } = { ...value };
  for (const field of program.bundle.identity[kind]) {
    if (field.name === "id" && kind === "session") continue;
    const claim = Object.hasOwn(out, field.name) ? out[field.name] : undefined;
    if (claim === undefined) continue; // absent is unknown, which grants nothing
    const read = readValue(field.type, claim, program.types, `${kind}.${field.name}`);
    if (!read.ok) throw new GuardError("identity_invalid", `${read.fault.path}: ${read.fault.message}`);
  }
  return out;
}
