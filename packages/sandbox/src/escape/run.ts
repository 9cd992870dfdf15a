import { DEFAULT_LIMITS, type Backend, type Job, type Limits, type Program, type RunEnd } from "../backend.js";
import type { Attack, AttackLanguage, EscapeRow } from "./attack.js";
import { SandboxError } from "../sandbox-error.js";
import { ESCAPE_LIST } from "./list.js";
import { Stage } from "./stage.js";

/** How many attacks run at once: many of them only wait for their time to be over. */
const AT_ONCE = 3;

export interface EscapeOptions {
  /** Which attacks; the whole list where unsaid. */
  readonly attacks?: readonly Attack[] | undefined;
  /** Whether every attack has a folder of the host to write in, also those that need none. */
  readonly mounted?: boolean | undefined;
  /** In which languages; those that the backend runs where unsaid. */
  readonly languages?: readonly AttackLanguage[] | undefined;
  /** The descriptor that programs of this backend write frames to; `undefined` where they have no descriptors. */
  readonly protocol: number | undefined;
}

/**
 * Tries the list against a backend, each attack in a sandbox of its own and in every language that the backend runs, a
 * few at once. A row holds where nothing got out, nothing of the host was changed, it ended as it must within
 * its limit of time and one second, and the next call was served. Before the list it runs a plain program in each
 * language: without that, everything would hold where nothing runs.
 */
export async function tryEscapes(backend: Backend, options: EscapeOptions): Promise<readonly EscapeRow[]> {
  const languages = (options.languages ?? (["javascript", "python", "shell"] as const)).filter((language) =>
    backend.capabilities.programs.includes(language),
  );
  const rows: EscapeRow[] = [];
  for (const language of languages) rows.push(await control(backend, language));
  const attacks = (options.attacks ?? ESCAPE_LIST).filter(({ raw }) => raw !== true || options.protocol !== undefined);
  const tried = new Map<Attack, readonly EscapeRow[]>();
  const waiting = [...attacks];
  const work = async (): Promise<void> => {
    for (let attack = waiting.shift(); attack !== undefined; attack = waiting.shift())
      tried.set(attack, await tryIn(backend, attack, languages, options));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return [...rows, ...attacks.flatMap((attack) => tried.get(attack) ?? [])];
}

/** One attack in each language, one after the other: some look for what the one before left. */
async function tryIn(
  backend: Backend,
  listed: Attack,
  languages: readonly AttackLanguage[],
  { mounted, protocol = -1 }: EscapeOptions,
): Promise<readonly EscapeRow[]> {
  const attack = mounted === true ? { mount: "write" as const, ...listed } : listed;
  const rows: EscapeRow[] = [];
  for (const language of languages) {
    const source = attack.sources[language];
    if (source !== undefined) rows.push(await tryOne(backend, attack, language, source, protocol));
  }
  return rows;
}

async function tryOne(
  backend: Backend,
  attack: Attack,
  language: AttackLanguage,
  source: string,
  protocol: number,
): Promise<EscapeRow> {
  const stage = await Stage.set(protocol);
  const limits: Limits = { ...DEFAULT_LIMITS, time: 20_000, ...attack.limits };
  const row = (held: boolean, happened: string): EscapeRow => ({
    id: attack.id,
    area: attack.area,
    tries: attack.tries,
    language,
    expected: attack.ends === undefined ? "nothing gets out" : attack.ends.join(" or "),
    happened,
    held,
    unclaimed: attack.unclaimed?.[backend.isolation],
  });
  try {
    const program: Program = { kind: language, source: language === "shell" ? shellWords(stage) + source : source };
    const ask = attack.unanswered === true ? unanswered : refused;
    const ran = await run(backend, program, limits, {
      args: stage.plant,
      mounts: mountsOf(backend, attack, stage),
      ask,
    });
    const harm = await stage.harm(JSON.stringify(ran.end, (_, value: unknown) => plain(value)));
    const told = words(ran.end);
    if (harm !== undefined) return row(false, `${told}; ${harm}`);
    if (ran.took > limits.time + LATE_MS) return row(false, `${told}, after ${Math.round(ran.took)} ms`);
    if (attack.ends !== undefined && !attack.ends.some((end) => end === kindOf(ran.end))) return row(false, told);
    if (attack.limits !== undefined && !(await serves(backend, language)))
      return row(false, `${told}; the next call was not served`);
    return row(true, told);
  } catch (error) {
    // A backend that gives no such sandbox has stopped it too; that it gives others is what `control` shows.
    if (error instanceof SandboxError && error.code === "not_proven") return row(true, `refused: ${error.message}`);
    return row(false, `no sandbox: ${error instanceof Error ? error.message : "unknown"}`);
  } finally {
    await stage.strike();
  }
}

async function control(backend: Backend, language: AttackLanguage): Promise<EscapeRow> {
  const held = await serves(backend, language);
  return {
    id: "control",
    area: "results",
    tries: "does nothing but what it may",
    language,
    expected: "done",
    happened: held ? "done" : "it does not run",
    held,
    unclaimed: undefined,
  };
}

const PLAIN: Readonly<Record<AttackLanguage, string>> = {
  javascript: "return 6 * 7;",
  python: "result = 6 * 7",
  shell: "echo $((6 * 7))",
};

async function serves(backend: Backend, language: AttackLanguage): Promise<boolean> {
  try {
    const made = { args: {}, mounts: [], ask: refused };
    const { end } = await run(backend, { kind: language, source: PLAIN[language] }, DEFAULT_LIMITS, made);
    return end.status === "done" && JSON.stringify(end.value).includes("42");
  } catch {
    return false;
  }
}

type Mounts = Parameters<Backend["start"]>[0]["mounts"];

function mountsOf(backend: Backend, attack: Attack, { plant }: Stage): Mounts {
  if (attack.mount === undefined || !backend.capabilities.mounts) return [];
  return [{ path: plant.mount, mode: attack.mount }];
}

/**
 * An attack that runs for ever is ended by its limit or never. How late the host is with it says how busy the machine is,
 * milliseconds; with more it was not the limit.
 */
const LATE_MS = 5000;

type Ask = Job["ask"];

const refused: Ask = async () => ({ ok: false, message: "not granted" });
const unanswered: Ask = () => new Promise(() => undefined);

interface Made {
  readonly args: unknown;
  readonly mounts: Mounts;
  readonly ask: Ask;
}

async function run(
  backend: Backend,
  program: Program,
  limits: Limits,
  { args, mounts, ask }: Made,
): Promise<{ end: RunEnd; took: number }> {
  const sandbox = await backend.start({ program: program.kind, limits, mounts, env: {} });
  const began = performance.now();
  const signal = new AbortController().signal;
  const end = await sandbox.run({ program, args, limits, signal, ask });
  const took = performance.now() - began;
  await sandbox.stop();
  return { end, took };
}

function shellWords({ plant }: Stage): string {
  const planted = {
    SECRET: plant.secret,
    OUTSIDE: plant.outside,
    MOUNT: plant.mount,
    PORT: plant.port,
    ADDRESSES: plant.addresses.join(" "),
    PID: plant.pid,
    VICTIM: plant.victim,
    NAP: plant.nap,
  };
  return Object.entries(planted)
    .map(([name, value]) => `${name}='${value}'; `)
    .join("");
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return value;
}

function kindOf(end: RunEnd): string {
  return end.status === "ended" ? end.reason : end.status;
}

function words(end: RunEnd): string {
  switch (end.status) {
    case "done":
      return "done";
    case "failed":
      return `failed: ${end.name}`;
    case "ended":
      return `${end.reason}: ${end.message}`;
    default:
      return "an end that nobody knows";
  }
}
