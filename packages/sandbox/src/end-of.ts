import type { SandboxEnd } from "@writ/runtime";
import type { RunEnd } from "./backend.js";

/** How a run ended, as the runtime takes it: the words of a program are its own and bounded, the kind is ours. */
export function endOf(end: RunEnd): SandboxEnd {
  switch (end.status) {
    case "done":
      return { status: "done", result: end.value };
    case "failed":
      return { status: "failed", error: `${end.name}: ${end.message}`.slice(0, 2000), kind: "Error" };
    case "ended": {
      const status = end.reason === "timeout" ? "timeout" : end.reason === "aborted" ? "aborted" : "failed";
      return { status, error: end.message, kind: end.reason };
    }
    default:
      return { status: "failed", error: "the sandbox gave an end that is none", kind: "sandbox" };
  }
}
