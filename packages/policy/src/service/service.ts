import { compile } from "../compile.js";
import type { Code } from "../diagnostics/catalog.js";
import type { Diagnostic, DiagnosticSpan } from "../diagnostics/diagnostic.js";
import type { ModuleHost } from "../source/module-host.js";
import { SourceFile } from "../source/source-file.js";
import { parse } from "../syntax/parse.js";
import { chunksOf, difference, touched, type Chunk } from "./chunks.js";

/** What an editor shows. */
export interface ServiceCheck {
  readonly diagnostics: readonly Diagnostic[];
  /**
   * False where only what was edited has been looked at: what rests on the whole policy (a grant that is missing, a
   * flow that decides, two rules of one name, tests) is as it was before, until {@link PolicyService.settle}.
   */
  readonly settled: boolean;
}

/** Policies in an editor. Files are named by their ids, as the host gives them. */
export interface PolicyService {
  /** The text of a file as it is in the editor, saved or not; undefined for the one on the disk. */
  update(file: string, text: string | undefined): void;
  /** Diagnostics now. An edit inside rules looks at these rules; any other edit looks at everything. */
  check(entry: string): Promise<ServiceCheck>;
  /** Diagnostics of the whole, the same that `compile` gives. */
  settle(entry: string): Promise<ServiceCheck>;
}

interface State {
  readonly text: string;
  /** The texts of the other files that the editor has, as they were. */
  readonly others: number;
  readonly name: string;
  readonly chunks: readonly Chunk[];
  /** Everything but rules, tests and proofs. */
  readonly surroundings: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is said of a rule for what the rest of the policy says, or does not say. */
const WHOLE: ReadonlySet<Code> = new Set<Code>([
  "E120",
  "E131",
  "E136",
  "E204",
  "E205",
  "E301",
  "E302",
  "E303",
  "E304",
  "E305",
  "E306",
  "E401",
  "E405",
  "W201",
  "W202",
  "W203",
  "W206",
  "W207",
  "W208",
  "W301",
  "W302",
  "W401",
]);

/** Keeps what it has read of policies, so that an edit of one rule need not read the others again. */
export function createService(host: ModuleHost): PolicyService {
  const overlays = new Map<string, string>();
  const states = new Map<string, State>();
  let version = 0;
  const changes = new Map<string, number>();
  const withTexts = (texts: ReadonlyMap<string, string>): ModuleHost => ({
    ...host,
    resolve: (specifier, from) => host.resolve(specifier, from),
    read: (id) => {
      const text = texts.get(id);
      return text === undefined ? host.read(id) : { ok: true, content: text };
    },
  });
  const otherChanges = (id: string): number => Math.max(0, ...[...changes].map(([file, at]) => (file === id ? 0 : at)));

  async function settle(entry: string): Promise<ServiceCheck> {
    const { diagnostics, sources } = await compile(entry, withTexts(overlays));
    states.delete(entry);
    const [source] = sources;
    const found = host.resolve(entry, undefined);
    if (source !== undefined && found.ok && overlays.get(found.id) === source.text) {
      const parsed = parse(source.text);
      if (parsed.problems.length === 0)
        states.set(entry, stateOf(source, parsed.file, otherChanges(found.id), diagnostics));
    }
    return { diagnostics, settled: true };
  }

  return {
    update(file, text) {
      version += 1;
      changes.set(file, version);
      if (text === undefined) overlays.delete(file);
      else overlays.set(file, text);
    },
    settle,
    async check(entry) {
      const state = states.get(entry);
      const found = host.resolve(entry, undefined);
      const text = found.ok ? overlays.get(found.id) : undefined;
      if (state === undefined || !found.ok || text === undefined || state.others !== otherChanges(found.id))
        return settle(entry);
      if (text === state.text) return { diagnostics: state.diagnostics, settled: false };
      const next = await edited(state, text, (surroundings) =>
        compile(entry, withTexts(new Map([...overlays, [found.id, surroundings]]))),
      );
      if (next === undefined) return settle(entry);
      states.set(entry, next);
      return { diagnostics: next.diagnostics, settled: false };
    },
  };
}

function stateOf(
  source: SourceFile,
  file: ReturnType<typeof parse>["file"],
  others: number,
  diagnostics: readonly Diagnostic[],
): State {
  const { head, chunks } = chunksOf(file, source.text.length);
  const kept = file.declarations.flatMap((declaration, i) => {
    const chunk = chunks[i];
    const isLeft = chunk?.isRule === true || declaration.kind === "test" || declaration.kind === "prove";
    return chunk === undefined || isLeft ? [] : [source.text.slice(chunk.start, chunk.end)];
  });
  const surroundings = `${source.text.slice(head.start, head.end)}\n${kept.join("\n")}\n`;
  return { text: source.text, others, name: source.name, chunks, surroundings, diagnostics };
}

/** The state after an edit inside rules; undefined where everything has to be looked at. */
async function edited(
  state: State,
  text: string,
  compileAlone: (text: string) => ReturnType<typeof compile>,
): Promise<State | undefined> {
  const { from, to, delta } = difference(state.text, text);
  const range = touched(state.chunks, from, to);
  const [first, last] = [state.chunks[range?.first ?? -1], state.chunks[range?.last ?? -1]];
  if (range === undefined || first === undefined || last === undefined) return undefined;
  const region = text.slice(first.start, last.end + delta);
  const parsed = parse(`${HEADER}${region}`);
  // What is no rule, or reads on into what follows, may change what everything else means.
  if (parsed.problems.length > 0 || parsed.file.uses.length > 0) return undefined;
  const cut = chunksOf(parsed.file, HEADER.length + region.length).chunks;
  // The line end below the added header is not of the region.
  const chunks = cut.map((chunk, i) => (i === 0 ? startingAt(chunk, HEADER.length) : chunk));
  if (chunks.some((chunk) => !chunk.isRule)) return undefined;

  const alone = await compileAlone(`${state.surroundings}${region}\n`);
  const shift = first.start - state.surroundings.length;
  const source = new SourceFile(state.name, state.name, text);
  const fresh = alone.diagnostics.filter(
    (one) => one.span.file === state.name && one.span.start >= state.surroundings.length && !WHOLE.has(one.code),
  );
  const before = state.diagnostics.filter((one) => one.span.file !== state.name || one.span.end <= first.start);
  const after = state.diagnostics.filter((one) => one.span.file === state.name && one.span.start >= last.end);
  const tail = state.chunks.slice(range.last + 1);
  const atEnd = range.last === state.chunks.length - 1;
  return {
    ...state,
    text,
    chunks: [
      ...state.chunks.slice(0, range.first),
      // What stands below the last rule of the region belongs to the declaration that follows, unless there is none.
      ...chunks.slice(0, atEnd ? undefined : -1).map((chunk) => moved(chunk, first.start - HEADER.length)),
      ...tail.map((chunk, i) => {
        const above = i === 0 ? chunks.at(-1) : undefined;
        return above === undefined
          ? moved(chunk, delta)
          : startingAt(moved(chunk, delta), above.start + first.start - HEADER.length);
      }),
    ],
    diagnostics: [
      ...before,
      ...fresh.map((one) => relocated(one, shift, source)),
      ...after.map((one) => relocated(one, delta, source)),
    ],
  };
}

const HEADER = "policy a\n";

function moved(chunk: Chunk, by: number): Chunk {
  return { start: chunk.start + by, end: chunk.end + by, isRule: chunk.isRule };
}

function startingAt(chunk: Chunk, start: number): Chunk {
  return { start, end: chunk.end, isRule: chunk.isRule };
}

/** A diagnostic of the same thing, where it stands now. */
function relocated(one: Diagnostic, by: number, source: SourceFile): Diagnostic {
  const move = (span: DiagnosticSpan): DiagnosticSpan => {
    const { line, column } = source.position(span.start + by);
    return { file: span.file, start: span.start + by, end: span.end + by, line, column };
  };
  return {
    ...one,
    span: move(one.span),
    ...(one.fix === undefined
      ? {}
      : {
          fix: {
            edits: one.fix.edits.map((edit) => Object.assign({}, edit, { start: edit.start + by, end: edit.end + by })),
          },
        }),
  };
}
