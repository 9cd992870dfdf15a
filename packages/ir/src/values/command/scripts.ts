import type { Word } from "./words.js";

const AWK = new Set(["awk", "gawk", "mawk", "nawk"]);
const SED = new Set(["sed", "gsed"]);

/** Whether a program is one whose operand is a small script that can start programs or write files. */
export function isScripted(name: string): boolean {
  return AWK.has(name) || SED.has(name);
}

/** Whether the script of `sed` or `awk` may start a program or write a file, as far as its text shows. */
export function scriptRuns(name: string, words: readonly Word[]): boolean {
  return AWK.has(name) ? awkRuns(words) : sedRuns(words);
}

/** awk starts programs by `system`, pipes and `@load`, writes by `>`; indirect calls (`@f()`) call functions by name. */
function awkRuns(words: readonly Word[]): boolean {
  let i = 0;
  for (; i < words.length; i += 1) {
    const text = words[i]?.text;
    if (text === undefined) return true;
    if (!text.startsWith("-") || text === "-") break;
    if (/^-F./.test(text) || /^-v[A-Za-z_]\w*=/.test(text)) continue;
    if (text !== "-F" && text !== "-v") return true;
    i += 1;
    if (words[i]?.text === undefined) return true;
  }
  const script = words[i]?.text;
  return script === undefined || /system|getline|extension|[|>@]/.test(script);
}

/** GNU sed runs `e` and `s///e`, and reads and writes files; only substitutions and p, d, q, = with plain addresses pass. */
function sedRuns(words: readonly Word[]): boolean {
  const scripts: string[] = [];
  const operands: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const text = words[i]?.text;
    if (text === undefined) {
      // A file's name that is not known may still be an option, unless the script has been seen and `--` too.
      return true;
    }
    if (text === "-e" || text === "--expression") {
      i += 1;
      scripts.push(words[i]?.text ?? "");
    } else if (
      /^-[nErszu]+$/.test(text) ||
      /^-i[.\w]*$/.test(text) ||
      ["--quiet", "--silent", "--regexp-extended", "--posix", "--sandbox", "--in-place"].includes(text)
    )
      continue;
    else if (text.startsWith("-") && text !== "-") return true;
    else operands.push(text);
  }
  if (scripts.length === 0) scripts.push(operands[0] ?? "");
  return !scripts.every(plainSed);
}

const ADDRESS = /^(?:(?:\d+|\$|\/(?:[^/\\\n]|\\[^\n])*\/)(?:,(?:\d+|\$|\/(?:[^/\\\n]|\\[^\n])*\/))?!?)?/;

function plainSed(script: string): boolean {
  const command = script.replace(ADDRESS, "");
  if (/^[pdq=]$/.test(command)) return true;
  const delimiter = command.charAt(1);
  if (!command.startsWith("s") || !/^[/|#,:@!_~+]$/.test(delimiter)) return false;
  let parts = 0;
  for (let i = 2; i < command.length; i += 1) {
    const letter = command.charAt(i);
    if (letter === "\n") return false;
    if (letter === "\\") i += 1;
    // `[/]` holds the delimiter in some implementations and ends the part in others.
    else if (letter === "[" && command.slice(i, command.indexOf("]", i + 2) + 1).includes(delimiter)) return false;
    else if (letter === delimiter) {
      parts += 1;
      if (parts === 2) return /^[gpIi\d]*$/.test(command.slice(i + 1));
    }
  }
  return false;
}
