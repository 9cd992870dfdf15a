import { isPrefixOf } from "./carriers.js";
import type { Word } from "./words.js";

/** Commands of git itself: an alias cannot take their names. Any other may be an alias for a shell command, or `git-NAME` on the path. */
const COMMANDS = new Set(
  (
    "add am apply blame branch cat-file check-ignore checkout cherry cherry-pick clean clone commit count-objects describe diff diff-tree diff-index fetch " +
    "for-each-ref format-patch fsck gc grep hash-object init log ls-files ls-remote ls-tree merge merge-base mv name-rev notes prune pull push range-diff " +
    "rebase reflog remote repack reset restore revert rev-list rev-parse rm shortlog show show-branch show-ref sparse-checkout stash status switch " +
    "symbolic-ref tag update-index update-ref var verify-commit verify-tag version whatchanged worktree write-tree"
  ).split(" "),
);

const GLOBAL_FLAGS = new Set([
  "-P",
  "--no-pager",
  "--version",
  "-v",
  "--no-optional-locks",
  "--no-replace-objects",
  "--literal-pathspecs",
  "--no-advice",
]);

const CARRYING = [
  "exec",
  "exec-path",
  "upload-pack",
  "receive-pack",
  "config",
  "config-env",
  "template",
  "open-files-in-pager",
  "extcmd",
  "tool",
  "server-option",
  "git-dir",
  "work-tree",
  "super-prefix",
  "ext-diff",
  "textconv",
  "strategy",
  "gpg-sign",
  "editor",
  "remote",
  "separate-git-dir",
  "recurse-submodules",
];

/** Commands that take a remote, which may be `ext::sh -c ...`. */
const REMOTE = new Set(["clone", "fetch", "ls-remote", "pull", "push", "remote"]);

/**
 * Whether git's words may carry a command: `-c`, `--exec`, `--upload-pack`, a remote helper (`ext::`), another
 * repository's configuration, a subcommand that runs commands (`bisect run`, `submodule foreach`, `config`), or a name
 * that is not a command of git. Hooks and configuration that are there already are not seen.
 */
export function gitCarriesCommand(words: readonly Word[]): boolean {
  let i = 0;
  for (; i < words.length; i += 1) {
    const text = words[i]?.text;
    if (text === undefined) return true;
    if (text === "-C") {
      i += 1;
      continue;
    }
    if (!text.startsWith("-")) break;
    if (!GLOBAL_FLAGS.has(text)) return true;
  }
  const command = words[i]?.text;
  if (command === undefined) return i < words.length;
  if (!COMMANDS.has(command)) return true;
  return words.slice(i + 1).some(({ text }) => text === undefined || argumentCarries(command, text));
}

function argumentCarries(command: string, text: string): boolean {
  if (REMOTE.has(command) && text.includes("::")) return true;
  if (text.startsWith("--")) return isPrefixOf(text, CARRYING);
  if (command === "clone" && /^-[^-]*[cu]/.test(text)) return true;
  if (command === "rebase" && /^-[^-]*[xs]/.test(text)) return true;
  if (command === "grep" && /^-[^-]*O/.test(text)) return true;
  return (command === "merge" || command === "pull" || command === "cherry-pick") && /^-[^-]*s/.test(text);
}
