/*
 * A worker that holds one QuickJS instance for one program, and is ended after it. The wall is the WebAssembly instance:
 * what is in it reaches memory of its own and the functions below, nothing else. This worker is the host's own code, in the
 * host's process, so it takes care that no text whose size a program chooses becomes a string of V8: a worker out of heap
 * on one large string takes the whole process with it. Such text goes as bytes from the instance's memory into a frame.
 */
import { MessageChannel, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { JSValueHandle, MAX_STACK_SIZE, QuickJS } from "quickjs-wasi";

const { engine, extensions, world, driver, memory, most, bell } = workerData;
process.stdout.write = process.stderr.write = () => true;

const MODULE = 1;
const MOST_TIMERS = 1000;
/** Left of the instance's memory for what is in it beside the program's values. */
const RESERVE = 3 * 1024 * 1024;
/** Said of a program that neither computes nor waits for anything, and has not ended. */
const IDLE = '{"t":"failed","name":"Error","message":"the program waits for a promise that nothing is left to settle"}';
const utf8 = new TextEncoder();
const toText = new TextDecoder("utf-8", { fatal: true });

/** One instance with its driver. `post` takes a whole frame; `stop` says why nothing more can come. */
async function boot(post, stop) {
  let over = false;
  let sent = 0;
  let asks = 0;
  let waits = 0;
  const timers = new Map();
  const unhandled = new Map();

  const isOver = () => over;
  const end = (why) => {
    if (over) return;
    over = true;
    for (const timer of timers.values()) clearTimeout(timer);
    stop(why);
  };

  const vm = await QuickJS.create({
    wasm: engine,
    extensions,
    memoryLimit: memory - RESERVE,
    // Without it the engine overruns its stack, and ends the program where it could have told it.
    maxStackSize: MAX_STACK_SIZE,
    timezoneOffset: 0,
    // What the engine would print belongs to nobody.
    wasi: () => ({ fd_write: () => 8 }),
    onUnhandledRejection: (promise, reason, handled) => {
      if (handled) {
        unhandled.get(promise.identity)?.reason.dispose();
        unhandled.delete(promise.identity);
      } else if (unhandled.size < 16) unhandled.set(promise.identity, { promise: promise.dup(), reason: reason.dup() });
    },
  });
  // The name that a program gives to `import()` is read through it, whatever its length.
  vm.decoder = { decode: (bytes) => new TextDecoder().decode(bytes.subarray(0, 256)) };
  // oxlint-disable-next-line no-underscore-dangle -- the library's own calls turn what a program throws into texts of V8
  const wasm = vm._getExports();

  /** Bytes of the instance, as a value in it; the engine's own limit does not count them, the module's maximum does. */
  const inside = (bytes, use) => {
    const at = wasm.wasm_malloc(bytes.length + 1);
    if (at === 0) return end("memory");
    const all = new Uint8Array(wasm.memory.buffer);
    all.set(bytes, at);
    all[at + bytes.length] = 0;
    const made = use(at, bytes.length);
    wasm.wasm_free(at);
    return new JSValueHandle(vm, made);
  };
  const string = (text) => inside(utf8.encode(text), (at, length) => wasm.qjs_new_string(at, length));

  /** A frame of pieces of text: the host's own, and values of the instance. */
  const frame = (...pieces) => {
    const scratch = wasm.wasm_malloc(4);
    if (scratch === 0) return end("memory");
    const parts = [];
    let size = 0;
    for (const piece of pieces) {
      if (typeof piece === "string") parts.push(utf8.encode(piece));
      else {
        const at = piece?.isString === true ? wasm.qjs_get_string_len(piece.ptr, scratch) : 0;
        if (at === 0) return end("memory");
        const length = new DataView(wasm.memory.buffer).getUint32(scratch, true);
        // More than the host takes in: the head alone says so, and it ends this sandbox at that.
        if (length > most) return flood();
        parts.push(new Uint8Array(wasm.memory.buffer, at, length).slice());
        wasm.qjs_free_cstring(at);
      }
      size += parts.at(-1).length;
    }
    wasm.wasm_free(scratch);
    sent += 4 + size;
    if (sent > most) return flood();
    const whole = new Uint8Array(4 + size);
    new DataView(whole.buffer).setUint32(0, size);
    let at = 4;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    post(whole);
  };
  /** A trap of the engine. Its words may name files of the host; where memory was short, that is why. */
  const trapped = () => end(wasm.memory.buffer.byteLength > memory / 2 ? "memory" : "died");
  const flood = () => {
    if (over) return;
    over = true;
    post(new Uint8Array([255, 255, 255, 255]));
  };

  /** A function that a program calls: whatever goes wrong in it, no word of the host's gets inside. */
  const give = (target, name, run) => {
    const made = vm.newFunction(name, (...args) => {
      if (over) return vm.undefined;
      try {
        return run(...args) ?? vm.undefined;
      } catch {
        end("died");
        return vm.undefined;
      }
    });
    vm.setProp(target, name, made);
    made.dispose();
  };
  const host = vm.newObject();
  give(host, "ask", (effect, args) => {
    asks += 1;
    waits += 1;
    frame(`{"t":"ask","id":${asks},"effect":`, effect, ',"args":', args, "}");
    return vm.newNumber(asks);
  });
  give(host, "log", (text) => frame('{"t":"log","text":', text, "}"));
  give(host, "done", (value) => {
    frame('{"t":"done","value":', value, "}");
    over = true;
  });
  give(host, "failed", (name, message, full) => {
    if (full.toBoolean()) return end("memory");
    frame('{"t":"failed","name":', name, ',"message":', message, "}");
    over = true;
  });
  give(host, "wait", (id, ms) => {
    const [which, after] = [id.toNumber(), ms.toNumber()];
    clearTimeout(timers.get(which));
    timers.delete(which);
    if (after < 0 || timers.size >= MOST_TIMERS) return;
    const due = () => {
      timers.delete(which);
      turn("fire", vm.newNumber(which));
    };
    timers.set(which, setTimeout(due, after));
  });

  const evaluate = (source, name, flags) =>
    inside(utf8.encode(source), (at, length) => {
      const file = wasm.wasm_malloc(name.length + 1);
      utf8.encodeInto(`${name}\0`, new Uint8Array(wasm.memory.buffer, file, name.length + 1));
      const made = wasm.qjs_eval(at, length, file, flags);
      wasm.wasm_free(file);
      return made;
    });
  const failed = (made) => made === undefined || wasm.qjs_is_exception(made.ptr) !== 0;
  evaluate(world, "world", 0)?.dispose();
  evaluate(driver, "driver", 0)?.dispose();
  const make = vm.global.getProp("writBoot");
  const inner = vm.callFunctionRaw(make, vm.undefined, host, vm.newNumber(MOST_TIMERS));
  if (failed(inner)) throw new Error("the sandbox's own script does not run");
  const methods = Object.fromEntries(
    ["runModule", "runBody", "answer", "fire", "fail"].map((name) => [name, inner.getProp(name)]),
  );

  /** Calls the driver and lets everything run that can. */
  function turn(method, ...args) {
    if (over) return;
    try {
      if (args.includes(undefined)) return;
      const made = vm.callFunctionRaw(methods[method], vm.undefined, ...args);
      const thrown = failed(made);
      made.dispose();
      for (const arg of args) arg.dispose();
      // The driver catches what it can: what it cannot is out of memory, or of stack.
      if (thrown) return end("memory");
      while (wasm.qjs_is_job_pending() !== 0) {
        if (wasm.qjs_execute_pending_job() < 0) return end("memory");
        if (isOver()) return;
      }
      if (isOver()) return;
      const [rejected] = unhandled.values();
      if (rejected !== undefined) {
        unhandled.clear();
        turn("fail", rejected.reason);
      } else if (waits === 0 && timers.size === 0) {
        over = true;
        post(said(IDLE));
      }
    } catch {
      trapped();
    }
  }

  const instance = {
    run({ program, args }) {
      const written = string(JSON.stringify(args));
      if (program.kind !== "module") return turn("runBody", string(program.source), written);
      try {
        const evaluated = evaluate(program.source, "module", MODULE);
        if (failed(evaluated)) turn("fail", new JSValueHandle(vm, wasm.qjs_get_exception()));
        else turn("runModule", evaluated, string(program.export), written);
      } catch {
        trapped();
      }
    },
    answer({ id, ok, value, message }) {
      waits -= 1;
      turn("answer", vm.newNumber(id), ok ? vm.true : vm.false, string(JSON.stringify(ok ? value : message)));
    },
  };
  rehearse(instance);
  return instance;

  /** One run before the program's: it holds nothing of any call, and nothing of it comes out. */
  function rehearse({ run }) {
    const outside = post;
    let heard = 0;
    post = () => (heard += 1);
    run(received(rehearsal()));
    post = outside;
    if (heard !== 2) throw new Error("the sandbox's own script does not run");
    over = false;
    sent = 0;
  }
}

/** The message of a frame that has arrived at a port. */
function received(port) {
  return parsed(receiveMessageOnPort(port).message);
}

function parsed(bytes) {
  return JSON.parse(toText.decode(bytes.subarray(4)));
}

/** A port at which a run has arrived, of a program that does what most do: the first run of anything is slow, here and in the engine. */
function rehearsal() {
  const { port1, port2 } = new MessageChannel();
  const program = { kind: "javascript", source: "console.log('warm'); return args;" };
  const frame = said(JSON.stringify({ t: "run", program, args: { n: 1, a: ["a", { b: "b" }] } }));
  port1.postMessage(frame, [frame.buffer]);
  port1.close();
  return port2;
}

/** A frame of text in ASCII. */
function said(text) {
  const frame = new Uint8Array(4 + text.length);
  new DataView(frame.buffer).setUint32(0, text.length);
  utf8.encodeInto(text, frame.subarray(4));
  return frame;
}

const instance = await boot(
  (bytes) => parentPort.postMessage(bytes, [bytes.buffer]),
  (why) => parentPort.postMessage(why, []),
);
const hello = said('{"t":"hello","protocol":1}');
parentPort.postMessage(hello, [hello.buffer]);
// An event takes longer to arrive than most programs take to run: the first message is waited for without any.
Atomics.wait(bell, 0, 0);
instance.run(received(parentPort));
parentPort.on("message", (bytes) => instance.answer(parsed(bytes)));
