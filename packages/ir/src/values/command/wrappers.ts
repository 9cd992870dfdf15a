import type { Word } from "./words.js";

/** The options of a program that runs its operands as a command: what else stands before the command's first word. */
interface Wrapper {
  /** Letters of options without a value. */
  readonly flags?: string;
  /** Letters of options with a value. */
  readonly valued?: string;
  readonly long?: readonly string[];
  readonly longValued?: readonly string[];
  /** Operands before the command: the duration of `timeout`, the folder of `chroot`. */
  readonly operands?: number;
  /** Whether `NAME=value` may stand before the command. */
  readonly assignments?: boolean;
  /** Whether words that are not in the text are added to the command. */
  readonly appends?: boolean;
}

/*
 * An option that is not listed here makes the programs unknown, so what is left out (`sudo -s`, `env -S`,
 * `exec -a`, `chroot` without a command) is refused and not overlooked.
 */
const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  [
    "env",
    {
      flags: "iv0",
      valued: "C",
      long: ["ignore-environment", "debug", "null"],
      longValued: ["chdir"],
      assignments: true,
    },
  ],
  ["nohup", {}],
  ["setsid", { flags: "cfw", long: ["ctty", "fork", "wait"] }],
  ["nice", { valued: "n", longValued: ["adjustment"] }],
  ["ionice", { flags: "t", valued: "cn", long: ["ignore"], longValued: ["class", "classdata"] }],
  ["time", { flags: "pv", long: ["portability", "verbose"] }],
  [
    "timeout",
    {
      flags: "v",
      valued: "ks",
      long: ["preserve-status", "foreground", "verbose"],
      longValued: ["kill-after", "signal"],
      operands: 1,
    },
  ],
  [
    "gtimeout",
    {
      flags: "v",
      valued: "ks",
      long: ["preserve-status", "foreground", "verbose"],
      longValued: ["kill-after", "signal"],
      operands: 1,
    },
  ],
  ["stdbuf", { valued: "ioe", longValued: ["input", "output", "error"] }],
  ["command", { flags: "pvV" }],
  ["builtin", {}],
  ["exec", { flags: "cl" }],
  [
    "sudo",
    {
      flags: "AbEHknPSB",
      valued: "ugpCDTrth",
      long: ["askpass", "background", "preserve-env", "set-home", "reset-timestamp", "non-interactive", "stdin"],
      longValued: ["user", "group", "prompt", "chdir"],
      assignments: true,
    },
  ],
  ["doas", { flags: "n", valued: "u" }],
  ["chroot", { longValued: ["userspec", "groups"], operands: 1 }],
  ["busybox", {}],
  ["toybox", {}],
  [
    "xargs",
    {
      flags: "0rtpxo",
      valued: "adELnPs",
      appends: true,
      long: ["null", "no-run-if-empty", "verbose", "interactive", "exit", "open-tty"],
      longValued: ["arg-file", "delimiter", "max-args", "max-procs", "max-chars", "process-slot-var"],
    },
  ],
]);

/** What a wrapper runs: the inner command's words (none: it runs nothing), the variables it sets, or undefined where that is not sure. */
export interface Unwrapped {
  readonly words: readonly Word[];
  readonly variables: readonly string[];
  readonly appends: boolean;
}

/** Whether a program (its name without folder) is a wrapper. */
export function isWrapper(name: string): boolean {
  return WRAPPERS.has(name);
}

/** Takes a wrapper's own options off its words (the program's name not among them). */
export function unwrap(name: string, words: readonly Word[]): Unwrapped | undefined {
  const wrapper = WRAPPERS.get(name);
  if (wrapper === undefined) return undefined;
  const variables: string[] = [];
  let operands = wrapper.operands ?? 0;
  let options = true;
  let replaced: string | undefined;
  let i = 0;
  for (; i < words.length; i += 1) {
    const text = words[i]?.text;
    // Every word before the command must be known: an unknown one may be the command, or an option.
    if (text === undefined) return undefined;
    if (options && text === "--") {
      // dash takes it for the program's name there.
      if (name === "exec") return undefined;
      options = false;
      continue;
    }
    // `env -` is `env -i`, and nothing else takes a dash alone.
    if (options && text === "-") return undefined;
    if (options && name === "xargs" && text.startsWith("-I")) {
      replaced = text.length > 2 ? text.slice(2) : words[(i += 1)]?.text;
      if (replaced === undefined || replaced === "") return undefined;
      continue;
    }
    if (options && text.startsWith("-")) {
      const taken = option(wrapper, text);
      if (taken === undefined) return undefined;
      if (taken === 2 && words[i + 1]?.text === undefined) return undefined;
      i += taken - 1;
      continue;
    }
    if (operands > 0) {
      operands -= 1;
      options = false;
      continue;
    }
    const assigned = /^([A-Za-z_]\w*)\+?=/.exec(text)?.[1];
    if (wrapper.assignments === true && text.includes("=")) {
      if (assigned === undefined) return undefined;
      variables.push(assigned);
      options = false;
      continue;
    }
    // To bash `time` is no program, and what stands behind it an assignment.
    if (name === "time" && assigned !== undefined) return undefined;
    break;
  }
  const inner = words.slice(i);
  // `chroot /x` and `timeout 5` alone: the one starts a shell, the other is a mistake.
  if (inner.length === 0 && (wrapper.operands ?? 0) > 0) return undefined;
  return {
    words: replaced === undefined ? inner : inner.map((word) => standIn(word, replaced)),
    variables,
    appends: wrapper.appends === true,
  };
}

/** What `xargs -I` puts in for its mark, in the program's name too, is not known. */
function standIn(word: Word, mark: string): Word {
  return word.text?.includes(mark) === true ? { text: undefined, bare: false } : word;
}

/** How many words an option takes, 1 or 2; undefined where it is not a known one. */
function option(wrapper: Wrapper, text: string): 1 | 2 | undefined {
  if (text.startsWith("--")) {
    const at = text.indexOf("=");
    const name = text.slice(2, at < 0 ? undefined : at);
    if (wrapper.longValued?.includes(name) === true) return at < 0 ? 2 : 1;
    return wrapper.long?.includes(name) === true ? 1 : undefined;
  }
  for (let i = 1; i < text.length; i += 1) {
    const letter = text.charAt(i);
    if (wrapper.valued?.includes(letter) === true) return i === text.length - 1 ? 2 : 1;
    if (wrapper.flags?.includes(letter) !== true) return undefined;
  }
  return 1;
}
