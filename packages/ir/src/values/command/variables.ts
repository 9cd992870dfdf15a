/*
 * Variables decide which program runs (PATH, LD_PRELOAD, BASH_ENV, IFS) and what a harmless program starts (PAGER,
 * GIT_SSH_COMMAND, NODE_OPTIONS, npm_config_script_shell): no list of the dangerous ones is ever whole. So the list
 * is of names that nothing known acts on.
 */
const INERT = new Set([
  "CI",
  "COLUMNS",
  "DEBUG",
  "DEBIAN_FRONTEND",
  "FORCE_COLOR",
  "LANG",
  "LC_ALL",
  "LC_COLLATE",
  "LC_CTYPE",
  "LC_MESSAGES",
  "LC_NUMERIC",
  "LC_TIME",
  "LINES",
  "NODE_ENV",
  "NO_COLOR",
  "PYTHONDONTWRITEBYTECODE",
  "PYTHONUNBUFFERED",
  "RUST_BACKTRACE",
  "RUST_LOG",
  "TERM",
  "TZ",
]);

/** Lower-case names that zsh or csh act on. */
const SPECIAL = new Set([
  "path",
  "cdpath",
  "fpath",
  "manpath",
  "mailpath",
  "fignore",
  "prompt",
  "watch",
  "status",
  "argv",
  "histchars",
  "home",
  "shell",
  "term",
  "user",
  "module",
]);

/** Whether setting a variable cannot change what runs: a short list of known names, and one short lower-case word. */
export function isInertVariable(name: string): boolean {
  return INERT.has(name) || (/^[a-z][a-z0-9]{0,15}$/.test(name) && !SPECIAL.has(name));
}
