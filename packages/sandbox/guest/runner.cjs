/*
 * Runs one program in a sandbox that has Node in it, and speaks the protocol of src/protocol: on descriptor 3, or on
 * stdin and stdout where the first argument is `stdio`. The second argument is the bytes of output that a program
 * may give; the third the bytes of memory that each process of it may have, where nothing counts them together; the fourth the kind of
 * program that will come.
 * Nothing here is a wall: the program shares this process, and the host believes none of it.
 *
 * A call waits for this program's first run of everything, so it all runs once before the hello; and what it waits with is a
 * plain read, since a stream takes longer to hear of what came than most programs take to run.
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

const [where = "3", mostOutput = "8388608", mostMemory = "", kind = "javascript"] = process.argv.slice(2);
const [from, to] = where === "stdio" ? [0, 1] : [Number(where), Number(where)];
const { readSync, writeSync } = fs;
const exit = process.exit.bind(process);
const { stringify, parse } = JSON;
const { wait } = Atomics;
const moment = new Int32Array(new SharedArrayBuffer(4));

function frame(message) {
  const text = Buffer.from(stringify(message), "utf8");
  const whole = Buffer.allocUnsafe(4 + text.length);
  whole.writeUInt32BE(text.length, 0);
  text.copy(whole, 4);
  return whole;
}

/** Writes all of it, and waits where the host takes it in more slowly. */
function send(bytes) {
  for (let at = 0; at < bytes.length;)
    try {
      at += writeSync(to, bytes, at, bytes.length - at);
    } catch (error) {
      if (error.code !== "EAGAIN") exit(0);
      wait(moment, 0, 0, 1);
    }
}

/** So many bytes, read while nothing else runs. */
function receive(length) {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;)
    try {
      const some = readSync(from, bytes, at, length - at, null);
      if (some === 0) exit(0);
      at += some;
    } catch {
      exit(0); // the host is gone
    }
  return bytes;
}

let over = false;
/** Hands the host a frame that it refuses for its size, so that it tells why itself. */
function tooMuch() {
  over = true;
  send(Buffer.from([255, 255, 255, 255]));
}

let logged = 0;
function log(text) {
  if (over) return;
  logged += text.length;
  if (logged > Number(mostOutput)) tooMuch();
  else send(frame({ t: "log", text }));
}

let listening = false;
/** The host ends this sandbox at a last word. Until then nothing of the program goes on. */
function end(message) {
  if (over) return;
  over = true;
  send(frame(message));
  if (!listening) receive(1);
  exit(0);
}

function failure(error) {
  let [name, message] = ["Error", "the program threw what cannot be shown"];
  try {
    if (error instanceof Error) [name, message] = ["".concat(error.name), "".concat(error.message)];
    else message = util.inspect(error, { depth: 2, maxStringLength: 2000 });
  } catch {
    // An error whose getters throw: the words above stand.
  }
  return { t: "failed", name: name.slice(0, 128), message: message.slice(0, 4000) };
}

let asked = 0;
const waiting = new Map();
const world = make(
  (effect, args) =>
    new Promise((resolve, reject) => {
      const message = { t: "ask", id: (asked += 1), effect, args: encode(args) };
      waiting.set(message.id, { resolve, reject });
      send(frame(message));
    }),
);

function hear(text) {
  const message = parse(text);
  const asker = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.ok) asker.resolve(decode(message.value));
  else asker.reject(new Error(message.message));
}

/** Hears what comes while the program runs. */
function listen() {
  if (over) return;
  listening = true;
  const socket = new net.Socket({ fd: from, readable: true, writable: false });
  let held = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const length = held.readUInt32BE(0);
      const text = held.toString("utf8", 4, 4 + length);
      held = held.subarray(4 + length);
      hear(text);
    }
  });
  socket.on("end", () => exit(0));
  socket.on("error", () => exit(0));
}

/** Runs what the host said to run, and gives the last word. */
async function answer(text, say) {
  let last;
  try {
    const { program, args } = parse(text);
    last = { t: "done", value: encode(await run(program, decode(args))) };
  } catch (error) {
    last = failure(error);
  }
  say(last);
}

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

/** Programs that stand for the one that will come, by its kind; a shell's is a process, and is left to it. */
const REHEARSED = {
  module: ["export function main(args) { return args.n; }", "export async function main(args) { throw args; }"],
  javascript: ["return args.n", "throw args"],
  shell: [],
};

async function main() {
  for (const source of REHEARSED[kind] ?? []) {
    const message = { t: "run", program: { kind, source, export: "main" }, args: { n: 1, a: ["a", { b: "b" }] } };
    await answer(frame(message).toString("utf8", 4), frame);
  }
  process.on("uncaughtException", (error) => end(failure(error)));
  process.on("unhandledRejection", (error) => end(failure(error)));
  send(frame({ t: "hello", protocol: 1 }));
  const text = receive(receive(4).readUInt32BE(0)).toString("utf8");
  // A program that is done by then needs no more of the host.
  setImmediate(listen);
  void answer(text, end);
}

void main();
