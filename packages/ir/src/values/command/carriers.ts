import type { Word } from "./words.js";

/**
 * Programs that may start others by what their arguments say. `undefined` words are not known before the command
 * runs and may be any option. The lists name what carries a command; they are wide on purpose, since a false alarm
 * costs a question and a miss costs the rule.
 */
interface Carrier {
  /** Long options, without dashes; any unambiguous prefix of one counts, as GNU programs and git take it. */
  readonly long?: readonly string[];
  /** Letters of short options; a cluster that holds one counts. */
  readonly short?: string;
  /** Words that carry a command wherever they stand: subcommands and `find`-style options. */
  readonly words?: readonly string[];
  /** Any word that fits carries a command. */
  readonly pattern?: RegExp;
}

/*
 * `export` and its like stand here for their quoted or wrapped forms (`\\export PATH=x`, `command export`): the plain
 * ones are statements of the grammar and read by the walk.
 */
/** Programs whose use always runs something the text does not show whole, or that lead to another machine or a shell. */
const ALWAYS = new Set(
  (
    "source . alias declare typeset local readonly export unset bind complete compgen enable hash fc coproc let shopt mapfile readarray getopts " +
    "su runuser pkexec sg newgrp capsh setpriv unshare nsenter firejail bwrap systemd-run start-stop-daemon machinectl chpst fakeroot proot dbus-run-session run0 " +
    "strace ltrace gdb lldb valgrind perf script expect screen tmux byobu at batch crontab flock entr watch parallel inotifywait watchexec nodemon hyperfine " +
    "taskset chrt numactl prlimit cpulimit unbuffer rlwrap dotenv xvfb-run faketime catchsegv run-parts run-mailcap sem trickle torsocks torify proxychains proxychains4 " +
    "ssh autossh mosh rsh rexec sshpass telnet socat ansible pssh " +
    "vi vim nvim view ex ed emacs nano pico mcedit less more most man info pg ftp sftp lftp w3m lynx " +
    "npx pnpx bunx uvx nix nix-shell nix-env guix " +
    "zsh ksh ksh93 mksh yash fish csh tcsh xonsh nu elvish rc es scsh pwsh powershell cmd wsl wine cscript wscript mshta rundll32 regsvr32 osascript open xdg-open start " +
    "psql mysql mariadb sqlite3 mongo mongosh redis-cli tclsh wish ghci jshell irb iex erl julia octave gnuplot bc dc m4 eqn troff " +
    "ld.so ld-linux.so ld-linux-x86-64.so.2 ldd service invoke-rc.d logrotate"
  ).split(" "),
);

const CARRIERS: ReadonlyMap<string, Carrier> = new Map<string, Carrier>([
  [
    "tar",
    {
      long: [
        "checkpoint-action",
        "to-command",
        "use-compress-program",
        "rmt-command",
        "rsh-command",
        "info-script",
        "new-volume-script",
      ],
      short: "IF",
      pattern: /^-?[A-Za-z]*[IF][A-Za-z]*$/,
    },
  ],
  ["bsdtar", { long: ["use-compress-program"], short: "I" }],
  ["cpio", { long: ["rsh-command"] }],
  ["rsync", { long: ["rsh", "rsync-path"], short: "e" }],
  ["scp", { short: "oSDF" }],
  ["zip", { long: ["unzip-command", "test"], short: "T" }],
  ["sort", { long: ["compress-program"] }],
  ["split", { long: ["filter"] }],
  ["install", { long: ["strip-program"], short: "s" }],
  ["wget", { long: ["use-askpass", "execute", "config"], short: "e" }],
  ["curl", { long: ["config"], short: "K" }],
  ["nc", { long: ["exec", "sh-exec", "lua-exec"], short: "ec" }],
  ["ncat", { long: ["exec", "sh-exec", "lua-exec"], short: "ec" }],
  ["netcat", { long: ["exec", "sh-exec"], short: "ec" }],
  ["ip", { pattern: /^(?:netns|net|n|ne|exec|ex|vrf)$|^-b|^-batch/ }],
  ["rg", { long: ["pre", "hostname-bin", "search-zip"] }],
  ["ag", { long: ["pager"] }],
  ["fd", { long: ["exec", "exec-batch"], short: "xX" }],
  ["fdfind", { long: ["exec", "exec-batch"], short: "xX" }],
  ["make", { long: ["eval", "file", "makefile", "directory", "include-dir"], short: "fECI", pattern: /=/ }],
  ["gmake", { long: ["eval", "file", "makefile", "directory", "include-dir"], short: "fECI", pattern: /=/ }],
  [
    "npm",
    {
      long: [
        "script-shell",
        "node-options",
        "prefix",
        "globalconfig",
        "userconfig",
        "editor",
        "viewer",
        "git",
        "shell",
        "init-module",
        "call",
      ],
      short: "c",
      words: [
        "x",
        "ex",
        "exe",
        "exec",
        "explore",
        "explor",
        "explo",
        "expl",
        "edit",
        "init",
        "create",
        "innit",
        "config",
        "set",
        "c",
        "conf",
        "confi",
      ],
    },
  ],
  [
    "pnpm",
    {
      long: ["script-shell", "shell-mode", "config.script-shell"],
      short: "c",
      words: ["exec", "dlx", "create", "config", "env"],
    },
  ],
  ["yarn", { long: ["script-shell", "use-yarnrc"], words: ["exec", "dlx", "create", "config", "node", "set"] }],
  ["bun", { long: ["eval", "print", "preload", "shell"], short: "epr", words: ["x", "exec", "create"] }],
  ["poetry", { words: ["run", "shell", "config"] }],
  ["pipenv", { words: ["run", "shell"] }],
  ["pipx", { words: ["run", "runpip"] }],
  ["uv", { words: ["run", "tool", "x"] }],
  ["bundle", { words: ["exec", "e", "ex", "exe", "config"] }],
  ["rustup", { words: ["run"] }],
  ["cargo", { long: ["config"], words: ["--config"] }],
  [
    "go",
    { pattern: /^-{1,2}(?:exec|toolexec|vettool|overlay|ldflags|gccgoflags|gcflags|modfile)|^(?:tool|env|generate)$/ },
  ],
  ["direnv", { words: ["exec"] }],
  ["conda", { words: ["run"] }],
  ["mise", { words: ["exec", "x"] }],
  ["asdf", { words: ["exec", "shell"] }],
  [
    "docker",
    {
      words: ["run", "exec", "compose", "buildx", "build", "create", "start", "plugin"],
      long: ["host", "context", "config"],
      short: "H",
    },
  ],
  ["podman", { words: ["run", "exec", "compose", "build", "create", "start", "unshare"] }],
  ["kubectl", { words: ["exec", "run", "debug", "cp", "plugin", "edit", "apply", "create"], long: ["kubeconfig"] }],
  ["gcc", { long: ["specs", "wrapper"], pattern: /^-(?:wrapper|specs|fplugin|B|iplugindir)|^@/ }],
  ["cc", { long: ["specs", "wrapper"], pattern: /^-(?:wrapper|specs|fplugin|B|iplugindir)|^@/ }],
  ["openssl", { pattern: /^-?-?(?:engine|provider|config|provider-path)$/ }],
  ["nmap", { long: ["script", "datadir"] }],
  ["tcpdump", { short: "zG" }],
  ["systemctl", { words: ["edit"] }],
  ["test", { words: ["-v", "-R"] }],
  ["[", { words: ["-v", "-R"] }],
  ["printf", { pattern: /^-v/ }],
  ["read", { pattern: /[^\w-]|[A-Z_]/ }],
  ["wait", { words: ["-p"] }],
  ["set", { pattern: /^(?!-[eux]+$|-[eux]*o$|\+[eux]+$|pipefail$|errexit$|nounset$|xtrace$)/ }],
]);

/** Whether the words of a program may carry a command that this reader does not follow. */
export function carriesCommand(name: string, words: readonly Word[]): boolean {
  if (ALWAYS.has(name)) return true;
  const carrier = CARRIERS.get(name);
  if (carrier === undefined) return false;
  return words.some(({ text }) => text === undefined || carries(carrier, text));
}

function carries(carrier: Carrier, text: string): boolean {
  if (carrier.words?.includes(text) === true || carrier.pattern?.test(text) === true) return true;
  if (text.startsWith("--")) return isPrefixOf(text, carrier.long ?? []);
  return text.startsWith("-") && (carrier.short ?? "").split("").some((letter) => text.includes(letter));
}

/** Whether `--name` or `--name=value` is one of the long options, or a beginning of it. */
export function isPrefixOf(text: string, long: readonly string[]): boolean {
  const name = text.slice(2).split("=", 1)[0] ?? "";
  return name !== "" && long.some((option) => option.startsWith(name));
}
