const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_NAME = 64;
/** Targets of rules that are no tools. */
const TAKEN = new Set(["read", "write", "delete", "egress", "exec", "pay", "reply"]);

/** Whether a text can name an argument. */
export function isName(text: string): boolean {
  return NAME.test(text) && text.length <= MAX_NAME;
}

/**
 * What a policy calls a tool: its own name where that is one, else one made of its letters: `mcp__crm__look-up` is
 * `crm.look_up`. `group` stands before it. No two tools get the same; `used` holds
 * what all are called, and the names given so far.
 */
export function policyName(wire: string, group: string | undefined, used: Set<string>): string {
  const base = [...(group === undefined ? [] : splitName(group)), ...splitName(wire)].join(".");
  const name = base.includes(".") || !TAKEN.has(base) ? base : `tools.${base}`;
  // A tool that keeps its name has it, since no two are called the same.
  if (name === wire) return name;
  let free = name;
  for (let n = 2; used.has(free); n += 1) free = `${name}_${n}`;
  used.add(free);
  return free;
}

function splitName(text: string): string[] {
  if (text.split(".").every(isName) && !text.startsWith("mcp__")) return text.split(".");
  const parts = text
    .split(/__|[./:]+/)
    .map((part) =>
      part
        .replace(/[^A-Za-z0-9_]+/g, "_")
        .replace(/^_+|_+$/g, "")
        .slice(0, MAX_NAME - 4),
    )
    .filter((part) => part !== "")
    .map((part) => (/^\d/.test(part) ? `_${part}` : part));
  const [first, ...rest] = parts;
  if (first === undefined) return ["tool"];
  return first === "mcp" && rest.length > 0 ? rest : parts;
}

/** The words of a name, in small letters: `sendMoney`, `send-money` and `send_money` are two words. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}
