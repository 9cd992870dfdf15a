import { GuardError } from "../errors.js";
import type { Program } from "../evaluate/program.js";
import { declaration } from "./declaration.js";
import { misfits } from "./fits.js";
import { describe, quoted, type DescribedTool, type HostTool } from "./host-tool.js";

const MAX_SHOWN = 20;

/** The tools of a guard's hosts as they were when they were bound: what a `pin` holds a call to. */
export class BoundTools {
  readonly #pins = new Map<string, string>();

  /** Whether a tool is the one that a policy pins. */
  isPinned(name: string, pin: string): boolean {
    return this.#pins.get(name) === pin;
  }

  /**
   * Takes the tools of a host. Throws a {@link GuardError} `tools_invalid` that names everything that does not fit the
   * policy; then none of these tools counts as bound, those that were bound before neither.
   */
  bind(program: Program, given: readonly HostTool[]): void {
    const list: unknown = given;
    if (!Array.isArray(list)) throw new GuardError("misuse", "bind takes a list of tools");
    const faults: string[] = [];
    const bound = new Map<string, string>();
    for (const one of list) {
      const tool = describe(one);
      if (typeof tool === "string") {
        faults.push(tool);
        continue;
      }
      this.#pins.delete(tool.name);
      if (bound.has(tool.name)) faults.push(`two tools are called ${quoted(tool.name)}`);
      bound.set(tool.name, tool.pin);
      faults.push(...faultsOf(program, tool));
    }
    if (faults.length > 0) {
      const more = faults.length > MAX_SHOWN ? [`and ${faults.length - MAX_SHOWN} more`] : [];
      const said = [...faults.slice(0, MAX_SHOWN), ...more].map((fault) => `\n- ${fault}`).join("");
      throw new GuardError(
        "tools_invalid",
        `the tools do not fit the policy ${quoted(program.bundle.policy.name)}:${said}`,
      );
    }
    for (const [name, pin] of bound) this.#pins.set(name, pin);
  }
}

function faultsOf(program: Program, tool: DescribedTool): readonly string[] {
  const declared = program.tools.get(tool.name);
  if (declared === undefined) {
    const text = declaration(tool).replaceAll("\n", "\n    ");
    return [`the policy declares no tool that is called ${quoted(tool.name)}; declare it, for example as\n    ${text}`];
  }
  const named = (fault: string): string => `${quoted(tool.name)}: ${fault}`;
  const { pin, params } = declared.tool;
  const faults = misfits(params, tool.schema, program.types).map(named);
  if (pin !== undefined && pin !== tool.pin)
    faults.push(
      named(
        `it is not as it was when it was reviewed: the policy pins ${pin}, and its name, description and parameters give ${tool.pin}; review it and pin that`,
      ),
    );
  return faults;
}
