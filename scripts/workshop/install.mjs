import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./exec.mjs";
import { explainInstallFailure } from "./install-failure.mjs";
import { bin, nodeBinary, root, workshopFolder, workspaceFolders } from "./places.mjs";
import { say, WorkshopError } from "./say.mjs";

/** pnpm 11 and later do not install everywhere yet; package.json names the same version. */
const pnpm = "pnpm@10.34.8";
const stampFile = join(root, "node_modules", ".writ-install.json");
const logFile = join(workshopFolder, "install.log");
/** Exists from the start of an install to its end, good or bad: finding it means it was cut off. */
const markerFile = join(workshopFolder, "installing");

/** Brings node_modules to the state the lockfile describes; does nothing when it is there already. */
export async function install() {
  const wanted = fingerprint();
  const interrupted = existsSync(markerFile);
  if (!interrupted && readStamp() === wanted && isComplete()) return;
  say(reason(interrupted));
  if (interrupted) removeModules();
  rmSync(stampFile, { force: true });
  writeFileSync(markerFile, "");
  await pnpmInstall();
  if (!(await works())) {
    // pnpm believes a package's install script ran when it was cut off: only starting over repairs that.
    say("the installed tools do not run; installing again from nothing");
    removeModules();
    await pnpmInstall();
    if (!(await works())) fail(`Node 24 did not arrive at ${nodeBinary}`, `See ${logFile}.`);
  }
  writeFileSync(stampFile, JSON.stringify({ fingerprint: wanted }));
  rmSync(markerFile, { force: true });
}

/** @param {boolean} interrupted */
function reason(interrupted) {
  const why = interrupted
    ? "the last install was interrupted, so it starts again from nothing"
    : existsSync(join(root, "node_modules"))
      ? "the lockfile changed since the last install"
      : "first run";
  return `installing dependencies and Node 24 with ${pnpm} (${why}); this takes about a minute`;
}

async function pnpmInstall() {
  /** @type {string[]} */
  const log = [];
  const args = ["--yes", pnpm, "--dir", root, "install", "--frozen-lockfile", "--config.confirm-modules-purge=false"];
  const env = { ...process.env };
  // npm tells its scripts where the project is; npx would then look for pnpm in the very folder being installed.
  delete env["npm_config_local_prefix"];
  const onLine = (/** @type {string} */ line) => {
    log.push(line);
    // pnpm waits a minute between tries: whoever looks at the screen should know for what.
    if (/will retry/i.test(line)) say(line.trim());
  };
  const started = Date.now();
  const heartbeat = setInterval(
    () => say(`still installing, ${Math.round((Date.now() - started) / 1000)} s so far`),
    20_000,
  );
  let code;
  try {
    code = await run("npx", args, { cwd: tmpdir(), env, onLine });
  } catch (error) {
    fail(/** @type {Error} */ (error).message, "Writ needs npm (with npx) on PATH to install its dependencies.");
  } finally {
    clearInterval(heartbeat);
  }
  writeLog(log);
  if (code === 0) return;
  // Ended by a signal: leave the marker, so that the next run starts over.
  if (code > 128) throw new WorkshopError("the install was interrupted", "Run the same command again.", code);
  const { message, help } = explainInstallFailure(log);
  for (const line of log.filter((text) => text.trim()).slice(-15)) say(`  ${line}`);
  fail(message, `${help} The whole output is in ${logFile}.`);
}

/** @param {readonly string[]} log */
function writeLog(log) {
  try {
    writeFileSync(logFile, `${log.join("\n")}\n`);
  } catch {
    // A full disk must not hide, behind a failure to write the log, that the disk is full.
  }
}

/**
 * @param {string} message
 * @param {string} help
 * @returns {never}
 */
function fail(message, help) {
  rmSync(markerFile, { force: true });
  throw new WorkshopError(message, help);
}

function removeModules() {
  for (const folder of [".", ...workspaceFolders()]) {
    rmSync(join(root, folder, "node_modules"), { recursive: true, force: true });
  }
}

/** The quick look of every run: the files that everything else needs. */
function isComplete() {
  return [nodeBinary, bin("tsc"), bin("vitest"), bin("pnpm")].every((file) => existsSync(file));
}

/** The thorough look after an install. */
async function works() {
  if (!isComplete()) return false;
  let version = "";
  const code = await run(nodeBinary, ["--version"], { onLine: (line) => (version += line) }).catch(() => 1);
  return code === 0 && version.startsWith("v24.");
}

/** Changes exactly when an install could end differently: lockfile, manifests, platform, place. */
function fingerprint() {
  const hash = createHash("sha256").update([pnpm, process.platform, process.arch, root].join("\n"));
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, file)));
  for (const folder of [".", ...workspaceFolders()]) {
    const { name, bin: commands, ...rest } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const { dependencies, devDependencies, peerDependencies, optionalDependencies } = rest;
    const wanted = [dependencies, devDependencies, peerDependencies, optionalDependencies];
    hash.update(JSON.stringify([folder, name, commands, wanted]));
  }
  return hash.digest("hex");
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8")).fingerprint;
  } catch {
    return undefined;
  }
}
