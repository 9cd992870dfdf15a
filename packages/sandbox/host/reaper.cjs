/*
 * Ends the containers of one host that has died. The host holds the other end of this program's stdin; when that is
 * closed without a word, whatever killed the host, every container with the host's label is removed, until none has turned up for a
 * while: the engine may still be making one that the host asked for in its last moment.
 *
 *     node reaper.cjs <socket of the engine> <label, as name=value>
 */
"use strict";
const http = require("node:http");

const [socketPath, label] = process.argv.slice(2);
const QUIET = 5_000;
const GIVE_UP = 60_000;

function ask(method, path) {
  return new Promise((resolve, reject) => {
    const asked = http.request({ socketPath, method, path, timeout: 20_000 }, (answer) => {
      const chunks = [];
      answer.on("data", (bytes) => chunks.push(bytes));
      answer.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      answer.on("error", reject);
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", reject);
    asked.end();
  });
}

async function removeAll() {
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const found = JSON.parse(await ask("GET", `/containers/json?all=1&filters=${filters}`));
  if (!Array.isArray(found)) throw new Error("no list of containers");
  // What runs is ended first: it takes an engine much longer to take a container apart than to kill it.
  const paths = found.map(({ Id }) => `/containers/${encodeURIComponent(Id)}`);
  await Promise.all(paths.map((path) => ask("POST", `${path}/kill?signal=KILL`).catch(() => undefined)));
  await Promise.all(paths.map((path) => ask("DELETE", `${path}?force=1&v=1`)));
  return found.length;
}

async function reap() {
  const begun = Date.now();
  let last = begun;
  while (Date.now() - last < QUIET && Date.now() - begun < GIVE_UP) {
    // An engine that does not answer now may answer in a moment; one that is gone has no containers that run.
    if (
      await removeAll().then(
        (count) => count > 0,
        () => false,
      )
    )
      last = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  process.exit(0);
}

// The host says goodbye where nothing of it is left.
process.stdin.once("data", () => process.exit(0));
process.stdin.once("error", () => void reap());
process.stdin.once("end", () => void reap());
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"]) process.on(signal, () => undefined); // meant for the host
