import type * as readerModule from "./reader.js";

/** Parses text by PostgreSQL's grammar and gives its raw parse tree as JSON; throws where the text does not parse. */
export type SqlParser = (text: string) => unknown;

/** What reads statements by their trees. */
export type SqlReader = typeof readerModule;

let parser: SqlParser | undefined;
let reader: SqlReader | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads PostgreSQL's own parser (libpg-query, WebAssembly, 1.7 MB) once, so that reading `Sql` stays synchronous.
 * A host that gets the module in its own way hands over the parsing function of libpg-query 18.
 */
export async function loadSqlParser(given?: SqlParser): Promise<void> {
  reader ??= await import("./reader.js");
  if (given !== undefined) parser = given;
  if (parser !== undefined) return;
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  await loading;
}

async function load(): Promise<void> {
  const library = await import("libpg-query");
  await library.loadModule();
  parser ??= library.parseSync;
}

/** What reads statements, once {@link loadSqlParser} has finished. */
export function sqlReader(): SqlReader | undefined {
  return parser === undefined ? undefined : reader;
}

/** Whether {@link loadSqlParser} has finished. */
export function sqlParserLoaded(): boolean {
  return parser !== undefined;
}

/** The parse tree, or a message that repeats none of the text. */
export function parseTree(
  text: string,
): { readonly ok: true; readonly tree: unknown } | { readonly ok: false; readonly message: string } {
  if (parser === undefined) return { ok: false, message: "the SQL parser is not loaded" };
  try {
    return { ok: true, tree: parser(text) };
  } catch (error) {
    // Wasm runs out of stack on statements nested thousands deep.
    return {
      ok: false,
      message:
        error instanceof RangeError
          ? "the statement is nested too deeply"
          : "the text is not a statement of PostgreSQL",
    };
  }
}
