/*
 * Runs one program in a sandbox that has Node in it, and speaks the protocol of src/protocol: on descriptor 3, or on
 * stdin and stdout where the first argument is `stdio`. The second argument is the bytes of output that a program
 * may give; the third the bytes of memory that each process of it may have, where nothing counts them together.
 * Nothing here is a wall: the program shares this process, and the host believes none of it.
 */
"use strict";
const fs = require("node:fs");
const net = require("node:net");
const util = require("node:util");
const vm = require("node:vm");

// A script in a folder of modules: it is run as what it is.
vm.runInThisContext(fs.readFileSync(`${__dirname}/world.js`, "utf8"));

const { encode, decode, make } = globalThis.writWorld;
delete globalThis.writWorld;

const [where = "3", mostOutput = "8388608", mostMemory = ""] = process.argv.slice(2);
const socket =
  where === "stdio"
    ? { read: process.stdin, write: process.stdout }
    : (() => {
        const both = new net.Socket({ fd: Number(where), readable: true, writable: true });
        return { read: both, write: both };
      })();
const write = socket.write.write.bind(socket.write);
const exit = process.exit.bind(process);
const { stringify, parse } = JSON;

function say(message, then) {
  const text = Buffer.from(stringify(message), "utf8");
  const head = Buffer.alloc(4);
  head.writeUInt32BE(text.length);
  write(Buffer.concat([head, text]), then);
}

let over = false;
/** Hands the host a frame that it refuses for its size, so that it tells why itself. */
function tooMuch() {
  over = true;
  write(Buffer.from([255, 255, 255, 255]));
}

let logged = 0;
function log(text) {
  if (over) return;
  logged += text.length;
  if (logged > Number(mostOutput)) tooMuch();
  else say({ t: "log", text });
}

function end(message) {
  if (over) return;
  over = true;
  say(message, () => exit(0));
}

function done(value) {
  end({ t: "done", value: encode(value) });
}

function failed(error) {
  let [name, message] = ["Error", "the program threw what cannot be shown"];
  try {
    if (error instanceof Error) [name, message] = ["".concat(error.name), "".concat(error.message)];
    else message = util.inspect(error, { depth: 2, maxStringLength: 2000 });
  } catch {
    // An error whose getters throw: the words above stand.
  }
  end({ t: "failed", name: name.slice(0, 128), message: message.slice(0, 4000) });
}

let asked = 0;
const waiting = new Map();
const world = make(
  (effect, args) =>
    new Promise((resolve, reject) => {
      const message = { t: "ask", id: (asked += 1), effect, args: encode(args) };
      waiting.set(message.id, { resolve, reject });
      say(message);
    }),
);

function hear(message) {
  if (message.t === "run") {
    void answer(message.program, message.args);
    return;
  }
  const asker = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.ok) asker.resolve(decode(message.value));
  else asker.reject(new Error(message.message));
}

async function answer(program, args) {
  try {
    done(await run(program, decode(args)));
  } catch (error) {
    failed(error);
  }
}

let held = Buffer.alloc(0);
socket.read.on("data", (bytes) => {
  held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
  while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
    const length = held.readUInt32BE(0);
    const text = held.toString("utf8", 4, 4 + length);
    held = held.subarray(4 + length);
    hear(parse(text));
  }
});
socket.read.on("end", () => exit(0));
socket.read.on("error", () => exit(0));
socket.write.on("error", () => exit(0));
process.on("uncaughtException", failed);
process.on("unhandledRejection", failed);

async function run(program, args) {
  if (program.kind === "shell") return await shell(program.source, args);
  globalThis.fetch = world.fetch;
  for (const method of ["log", "info", "warn", "error", "debug"])
    console[method] = (...items) => log(`${util.format(...items)}\n`);
  if (program.kind === "module") {
    // A data: URL needs no file, so a module counts against no disk.
    const made = await import(`data:text/javascript;base64,${Buffer.from(program.source, "utf8").toString("base64")}`);
    const named = made[program.export];
    if (typeof named !== "function") throw new TypeError(`the module has no function ${program.export}`);
    return await named(args, world);
  }
  if (program.kind !== "javascript") throw new TypeError(`a program of kind ${program.kind} cannot run here`);
  const AsyncFunction = (async () => undefined).constructor;
  return await new AsyncFunction("args", "world", program.source)(args, world);
}

function folder(args) {
  const cwd = args !== null && typeof args === "object" ? args.cwd : undefined;
  if (cwd === undefined) return process.cwd();
  if (typeof cwd !== "string" || !cwd.startsWith("/")) throw new TypeError("cwd is an absolute path");
  if (!fs.statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`there is no folder ${cwd} in this sandbox`);
  return cwd;
}

/** `{ exit, out }`: the exit code (128 + n for signal n) and what it wrote, as it came. */
function shell(source, args) {
  const { spawn } = require("node:child_process");
  const { constants } = require("node:os");
  const cwd = folder(args);
  const most = Number(mostOutput);
  return new Promise((resolve, reject) => {
    const limit = mostMemory === "" ? "" : `ulimit -d ${Math.ceil(Number(mostMemory) / 1024)} || exit 126; `;
    const child = spawn("/bin/sh", ["-c", `${limit}exec /bin/sh -c "$1" 2>&1`, "sh", source], {
      cwd,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const chunks = [];
    let size = 0;
    let code = 0;
    const finish = () => resolve({ exit: code, out: Buffer.concat(chunks).toString("utf8") });
    child.stdout.on("data", (bytes) => {
      if (size > most) return;
      chunks.push(bytes);
      size += bytes.length;
      if (size > most) tooMuch();
    });
    child.on("error", reject);
    child.on("exit", (status, signal) => {
      code = status ?? 128 + (constants.signals[signal] ?? 0);
      // A program left behind may hold the pipe open; it does not hold up the answer.
      setTimeout(finish, 200).unref();
    });
    child.on("close", finish);
  });
}

say({ t: "hello", protocol: 1 });
