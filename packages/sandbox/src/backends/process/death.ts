import type { Limits } from "../../backend.js";
import type { Death } from "../../protocol/conversation.js";
import type { Ending } from "./child.js";
import type { GroupCounts } from "./cgroup.js";

const [SIGILL, SIGTRAP, SIGABRT, SIGKILL, SIGXCPU, SIGXFSZ] = [4, 5, 6, 9, 24, 25];

/** Why a box ended, by what the kernel counted and how it left. */
export function deathOf(ending: Ending, counts: GroupCounts | undefined, limits: Limits, booted: boolean): Death {
  // Before the hello nothing of a program has run: these are the words of what makes the box.
  if (!booted) return { reason: "died", message: `the box could not be made: ${firstLine(ending.stderr)}` };
  const memory: Death = { reason: "memory", message: `the program needed more than ${limits.memory} bytes of memory` };
  if (counts !== undefined && counts.outOfMemory > 0) return memory;
  const signal = ending.code > 128 ? ending.code - 128 : 0;
  if ([SIGILL, SIGTRAP, SIGABRT].includes(signal) && /out of memory|allocation failed/i.test(ending.stderr))
    return memory;
  if (signal === SIGXCPU) return { reason: "timeout", message: "the program used up its time of processor" };
  if (counts !== undefined && counts.processesRefused > 0)
    return { reason: "processes", message: `the program wanted more than ${limits.processes} processes` };
  if (signal === SIGXFSZ) return { reason: "died", message: "the program wrote a file larger than a sandbox may have" };
  if (signal === SIGKILL) return { reason: "died", message: "the sandbox was killed" };
  return {
    reason: "died",
    message: `the program ended its sandbox without a result, ${signal > 0 ? `by signal ${signal}` : `with code ${ending.code}`}`,
  };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]?.slice(0, 300) ?? "";
}
