/*
 * What runs a program inside QuickJS, beside it in the same hostile world: it keeps promises, timers and the console, and
 * turns values into JSON text. It is a script after world.js, and leaves `writBoot` on the global object, a function of the
 * host's five functions, which a program cannot reach; calling it removes both. Nothing it says is believed: guest/wasm-worker.js and the host bound it all again.
 */
"use strict";
globalThis.writBoot = (host, MOST_TIMERS) => {
  const { encode, decode, make } = globalThis.writWorld;
  delete globalThis.writWorld;
  delete globalThis.writBoot;
  const { parse, stringify } = JSON;
  const { InternalError, Error, Promise, RangeError, TypeError, String } = globalThis;
  const AsyncFunction = (async () => undefined).constructor;

  function text(value) {
    const written = stringify(encode(value));
    if (typeof written !== "string") throw new TypeError("the value is no data");
    return written;
  }

  const waiting = new Map();
  const world = make((effect, args) => {
    const [name, written] = [stringify(String(effect)), text(args)];
    return new Promise((resolve, reject) => {
      waiting.set(host.ask(name, written), { resolve, reject });
    });
  });

  function answer(id, ok, written) {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (asker === undefined) return;
    if (!ok) asker.reject(new Error(parse(written)));
    else asker.resolve(decode(parse(written)));
  }

  const timers = new Map();
  let lastTimer = 0;
  function timer(run, ms, repeat, args) {
    if (typeof run !== "function") throw new TypeError("a timer takes a function");
    if (timers.size >= MOST_TIMERS) throw new RangeError(`more than ${MOST_TIMERS} timers at once`);
    const id = (lastTimer += 1);
    const wait = Math.min(Math.max(Number(ms) || 0, repeat ? 1 : 0), 2147483647);
    timers.set(id, { run, args, wait, repeat });
    host.wait(id, wait);
    return id;
  }

  function fire(id) {
    const due = timers.get(id);
    if (due === undefined) return;
    if (due.repeat) host.wait(id, due.wait);
    else timers.delete(id);
    try {
      due.run(...due.args);
    } catch (error) {
      fail(error);
    }
  }

  function clear(id) {
    if (timers.delete(id)) host.wait(id, -1);
  }

  function shown(item) {
    if (typeof item === "string") return item;
    try {
      if (item instanceof Error) return `${item.name}: ${item.message}`;
      return typeof item === "object" && item !== null ? text(item) : String(item);
    } catch {
      return "(what cannot be shown)";
    }
  }

  const print = (...items) => host.log(stringify(`${items.map(shown).join(" ")}\n`));
  const set = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  set("console", { log: print, info: print, warn: print, error: print, debug: print, trace: print });
  set("fetch", world.fetch);
  set("setTimeout", (run, ms, ...args) => timer(run, ms, false, args));
  set("setInterval", (run, ms, ...args) => timer(run, ms, true, args));
  set("clearTimeout", clear);
  set("clearInterval", clear);

  // Of a program's error, neither need be a text.
  const words = (part) => String(part);

  function fail(error) {
    let [name, message, full] = ["Error", "the program threw what cannot be shown", false];
    try {
      if (error instanceof Error) [name, message] = [words(error.name), words(error.message)];
      else message = shown(error);
      full = error instanceof InternalError && message === "out of memory";
      host.failed(stringify(name.slice(0, 128)), stringify(message.slice(0, 4000)), full);
    } catch {
      host.failed('"Error"', '"the program threw what cannot be shown"', full);
    }
  }

  function settle(promise) {
    promise.then((value) => host.done(text(value))).catch(fail);
  }

  /** Runs a function of a module whose evaluation the promise stands for. */
  function runModule(evaluated, name, written) {
    settle(
      (async () => {
        const run = (await evaluated)[name];
        if (typeof run !== "function") throw new TypeError(`the module has no function ${name}`);
        return await run(decode(parse(written)), world);
      })(),
    );
  }

  /** Runs the body of an async function. */
  function runBody(source, written) {
    settle((async () => await new AsyncFunction("args", "world", source)(decode(parse(written)), world))());
  }

  return { runModule, runBody, answer, fire, fail };
};
