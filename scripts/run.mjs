// The door of the repository: `npm start`, `npm test`, `npm run check` and the rest begin here.
// It needs Node 20 and npm, nothing else. Whatever is missing it installs, saying so, and goes on.
import { bench } from "./workshop/bench.mjs";
import { build } from "./workshop/build.mjs";
import { changed } from "./workshop/changed.mjs";
import { check } from "./workshop/check.mjs";
import { crash } from "./workshop/crash.mjs";
import { escape } from "./workshop/escape.mjs";
import { examples } from "./workshop/examples.mjs";
import { format } from "./workshop/format.mjs";
import { fuzz } from "./workshop/fuzz.mjs";
import { generate } from "./workshop/generated.mjs";
import { install } from "./workshop/install.mjs";
import { withLock } from "./workshop/lock.mjs";
import { start } from "./workshop/start.mjs";
import { peers } from "./workshop/peers.mjs";
import { say, WorkshopError } from "./workshop/say.mjs";
import { test } from "./workshop/test.mjs";

/** Each command takes the remaining arguments and gives the exit code of the process. */
const commands = {
  start,
  test,
  check,
  format,
  changed,
  fuzz,
  crash,
  escape,
  examples,
  peers,
  bench,
  generate,
  build: async () => 0,
};

/** Formatting works on sources that do not compile yet, generating builds what it needs itself. */
const withoutBuild = new Set(["format", "generate"]);

async function main() {
  const [name = "", ...args] = process.argv.slice(2);
  if (!Object.hasOwn(commands, name)) {
    say(`unknown command "${name}"; known: ${Object.keys(commands).join(", ")}`);
    return 2;
  }
  if (Number(process.versions.node.split(".")[0]) < 20) {
    throw new WorkshopError(
      `this is Node ${process.versions.node}`,
      "Install Node 20 or newer and run the command again.",
    );
  }
  // One at a time: two installs or builds in the same folder would break each other.
  await withLock(async () => {
    await install();
    if (!withoutBuild.has(name)) await build();
  });
  return await commands[/** @type {keyof typeof commands} */ (name)](args);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof WorkshopError)) throw error;
  say(`failed: ${error.message}`);
  if (error.help) say(`what to do: ${error.help}`);
  process.exitCode = error.exitCode;
}
