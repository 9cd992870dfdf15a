import {
  BACKEND_VERSION,
  DEFAULT_LIMITS,
  type Answer,
  type Backend,
  type Limits,
  type Program,
  type RunEnd,
} from "@writ/sandbox/backend";
import { escaped, escapeTable, tryEscapes } from "@writ/sandbox/escape";
import { requireSame, requireThat, UnmetRequirement, type Case } from "./case.js";

/** How a backend is put to the test. */
export interface BackendUnderTest {
  /** A new one each time. */
  open(): Backend;
  /** `core`: limits, codec, ending, cleaning up. `full` besides: asks of the world, and the escape list. */
  readonly profile: "core" | "full";
  /** The descriptor that programs write frames to; undefined where they have none. For the escape list. */
  readonly protocol?: number | undefined;
}

const SECOND = 1000;

/**
 * What every isolation backend must do, whoever wrote it: programs are JavaScript, which every backend runs. No test
 * runner is needed; each case rejects with an {@link UnmetRequirement} where it is not met.
 */
export function backendCases(made: BackendUnderTest): readonly Case[] {
  const withBackend = (name: string, body: (backend: Backend) => Promise<void>): Case => ({
    name,
    run: async () => {
      const backend = made.open();
      try {
        await body(backend);
      } finally {
        await backend.close();
      }
    },
  });
  const core: readonly Case[] = [
    withBackend("says what it is, and proves it", async (backend) => {
      const version: unknown = backend.version;
      requireThat(version === BACKEND_VERSION, `its version is ${String(version)}, not ${BACKEND_VERSION}`);
      requireThat(/^[a-z][a-z0-9-]{0,63}$/.test(backend.name), "its name is not lower-case letters, digits and dashes");
      const probe = await backend.probe();
      if (!probe.ok) throw new UnmetRequirement(`its probe does not hold here: ${probe.why}`);
      requireThat(new Set(probe.proven).size === probe.proven.length, "it proves something twice");
      for (const fact of ["no-host-files", "no-network", "memory-limit", "time-limit"] as const)
        requireThat(probe.proven.includes(fact), `it does not prove ${fact}`);
    }),
    withBackend("hands over values and takes them back as they are", async (backend) => {
      const args = {
        text: "\u0000 é 💡",
        deep: [[[1.5]]],
        bytes: new Uint8Array([0, 255]),
        big: 12n,
        day: new Date(5),
      };
      const end = await run(backend, "return args", { args });
      requireThat(end.status === "done", `it ended as ${words(end)}`);
      requireSame(shape(end.value), shape(args), "the value that came back");
      const key = await run(backend, `return JSON.parse('{"__proto__": {"polluted": 1}}')`);
      requireThat(
        key.status === "done" && typeof key.value === "object" && key.value !== null,
        `it ended as ${words(key)}`,
      );
      requireThat(Object.hasOwn(key.value, "__proto__"), "a key __proto__ is no own key any more");
      requireThat(Reflect.get({}, "polluted") === undefined, "it polluted the host's prototypes");
    }),
    withBackend("tells a program that failed from one that was ended", async (backend) => {
      const failed = await run(backend, `throw new TypeError("mine")`);
      requireThat(failed.status === "failed" && failed.message.includes("mine"), `it ended as ${words(failed)}`);
      const syntax = await run(backend, "return (");
      requireThat(syntax.status === "failed", `a program that does not parse ended as ${words(syntax)}`);
    }),
    withBackend("ends a run at its limit of time, native loops and silence too", async (backend) => {
      for (const source of ["for (;;);", `const s = "a".repeat(5e6); for (;;) s.indexOf("b");`])
        await endsAs(backend, source, { time: 500 }, ["timeout"]);
      // An engine may see that nothing is left to wait for.
      await endsAs(backend, "await new Promise(() => {})", { time: 500 }, ["timeout", "failed"]);
    }),
    withBackend("ends a run at its limit of memory", async (backend) => {
      const source = `const all = []; for (;;) all.push(new Array(100000).fill(all.length));`;
      await endsAs(backend, source, { memory: 64 * 1024 * 1024, time: 20 * SECOND }, ["memory", "failed"]);
    }),
    withBackend("ends a run at its limit of output", async (backend) => {
      await endsAs(backend, `return "x".repeat(3e6)`, { output: 1024 * 1024 }, ["output", "failed"]);
    }),
    withBackend("ends a run with its call, and serves the next", async (backend) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 100);
      const end = await run(backend, "for (;;);", { signal: controller.signal });
      requireThat(end.status === "ended" && end.reason === "aborted", `it ended as ${words(end)}`);
      await serves(backend);
      const before = await run(backend, "return 1", { signal: AbortSignal.abort() });
      requireThat(before.status === "ended", "a call that was aborted before it began ran");
    }),
    withBackend("runs one program, and nothing of it is there for the next", async (backend) => {
      const instance = await backend.start(profileOf({}));
      const first = await instance.run(jobOf("globalThis.left = 1; return 1"));
      const second = await instance.run(jobOf("return 2"));
      await instance.stop();
      await instance.stop();
      requireThat(first.status === "done", `it ended as ${words(first)}`);
      requireThat(second.status === "ended", "a sandbox was used twice");
      const left = await run(backend, "return typeof left");
      requireSame(left.status === "done" ? left.value : words(left), "undefined", "what the run before left behind");
    }),
    withBackend("runs several at once, apart", async (backend) => {
      const ends = await Promise.all([1, 2, 3, 4].map((n) => run(backend, `globalThis.n ??= ${n}; return n`)));
      requireSame(
        ends.map((end) => (end.status === "done" ? end.value : words(end))),
        [1, 2, 3, 4],
        "what they gave",
      );
    }),
    withBackend("tells when a sandbox is gone", async (backend) => {
      const instance = await backend.start(profileOf({}));
      await instance.stop();
      await within(instance.gone, "gone");
      const end = await instance.run(jobOf("return 1"));
      requireThat(end.status === "ended", "a sandbox that was stopped ran a program");
    }),
  ];
  return made.profile === "core" ? core : [...core, ...fullCases(withBackend, made.protocol)];
}

function fullCases(
  withBackend: (name: string, body: (backend: Backend) => Promise<void>) => Case,
  protocol: number | undefined,
): readonly Case[] {
  return [
    withBackend(
      "asks the host, hears its answers and its refusals, and reaches the world in no other way",
      async (backend) => {
        const asked: string[] = [];
        const ask = (effect: string): Promise<Answer> => {
          asked.push(effect);
          return Promise.resolve(
            effect === "fs.read"
              ? { ok: true, value: new Uint8Array([104, 105]) }
              : { ok: false, message: "no such folder" },
          );
        };
        const source = `const text = await world.files.readText("/a");
        const refused = await world.files.list("/b").then(() => "listed", (error) => error.message);
        return [text, refused.includes("no such folder")];`;
        const end = await run(backend, source, { ask });
        requireSame(end.status === "done" ? end.value : words(end), ["hi", true], "what the program heard");
        requireSame(asked, ["fs.read", "fs.list"], "what was asked");
      },
    ),
    withBackend("stops the escape list", async (backend) => {
      const rows = await tryEscapes(backend, { protocol });
      const out = escaped(rows);
      if (out.length > 0)
        throw new UnmetRequirement(`it does not stop all that it claims:\n${escapeTable(backend.name, out)}`);
    }),
  ];
}

interface Made {
  readonly args?: unknown;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  readonly ask?: (effect: string, args: unknown) => Promise<Answer>;
}

function profileOf(limits: Partial<Limits>): Parameters<Backend["start"]>[0] {
  return { program: "javascript", limits: { ...DEFAULT_LIMITS, time: 20 * SECOND, ...limits }, mounts: [], env: {} };
}

function jobOf(
  source: string,
  { args = {}, limits = {}, signal, ask }: Made = {},
): Parameters<Awaited<ReturnType<Backend["start"]>>["run"]>[0] {
  const program: Program = { kind: "javascript", source };
  return {
    program,
    args,
    limits: profileOf(limits).limits,
    signal: signal ?? new AbortController().signal,
    ask: ask ?? (() => Promise.resolve({ ok: false, message: "nobody answers" })),
  };
}

async function run(backend: Backend, source: string, made: Made = {}): Promise<RunEnd> {
  const instance = await backend.start(profileOf(made.limits ?? {}));
  try {
    return await instance.run(jobOf(source, made));
  } finally {
    await instance.stop();
  }
}

/** Requires that a program ends as one of these, in time, and that the next call is served. */
async function endsAs(
  backend: Backend,
  source: string,
  limits: Partial<Limits>,
  ends: readonly string[],
): Promise<void> {
  const instance = await backend.start(profileOf(limits));
  const from = performance.now();
  const end = await instance.run(jobOf(source, { limits }));
  const took = performance.now() - from;
  await instance.stop();
  const how = end.status === "ended" ? end.reason : end.status;
  requireThat(ends.includes(how), `${JSON.stringify(source)} ended as ${words(end)}, not as ${ends.join(" or ")}`);
  const { time } = profileOf(limits).limits;
  requireThat(took <= time + SECOND, `${JSON.stringify(source)} took ${Math.round(took)} ms with ${time} ms to run in`);
  await serves(backend);
}

async function serves(backend: Backend): Promise<void> {
  const next = await run(backend, "return 6 * 7");
  requireThat(next.status === "done" && next.value === 42, `the next call ended as ${words(next)}`);
}

async function within(work: Promise<void>, what: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, 10 * SECOND, false);
  });
  const came = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  requireThat(came, `${what} did not resolve within 10 s`);
}

function words(end: RunEnd): string {
  switch (end.status) {
    case "done":
      return `done with ${shape(end.value).slice(0, 200)}`;
    case "failed":
      return `failed: ${end.name}: ${end.message}`;
    case "ended":
      return `ended (${end.reason}): ${end.message}`;
  }
}

/** A value as text, those that JSON lacks too. */
function shape(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "bigint" ? `${inner}n` : inner instanceof Uint8Array ? `bytes ${[...inner].join(" ")}` : inner,
    ) ?? "undefined"
  );
}
