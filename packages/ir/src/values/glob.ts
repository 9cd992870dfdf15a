/**
 * Globs for `like`: `?` is one character but `/`, `*` any number of them, and `**` any text; `**` followed by a slash also
 * stands for nothing, so that `**` `/.env` is `.env` anywhere. Everything else is itself. The match is of the whole
 * text, in time at most proportional to the product of both lengths, whatever the input.
 */
export type GlobToken =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "one" | "some" | "any" | "folders" };

export type Glob = readonly GlobToken[];

const MAX_GLOB = 1024;

/** Compiles a glob, or says what is wrong with it. Brackets and braces are refused: other tools give them meanings. */
export function compileGlob(
  text: string,
): { readonly ok: true; readonly glob: Glob } | { readonly ok: false; readonly message: string } {
  if (text.length > MAX_GLOB) return { ok: false, message: `a glob has at most ${MAX_GLOB} characters` };
  const odd = /[[\]{}\\!]/.exec(text);
  if (odd !== null)
    return { ok: false, message: `\`${odd[0]}\` has no meaning in a glob; write several patterns, or use \`matches\`` };
  const glob: GlobToken[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === "?") glob.push({ kind: "one" });
    else if (char !== "*") glob.push({ kind: "char", char });
    else {
      let stars = 1;
      while (text.charAt(i + stars) === "*") stars += 1;
      if (stars > 2) return { ok: false, message: "three stars in a row have no meaning in a glob" };
      i += stars - 1;
      if (stars === 1) glob.push({ kind: "some" });
      else if (text.charAt(i + 1) === "/" && (i === 1 || text.charAt(i - 2) === "/")) {
        glob.push({ kind: "folders" });
        i += 1;
      } else glob.push({ kind: "any" });
    }
  }
  return { ok: true, glob };
}

/** Whether the whole text fits the glob. */
export function globMatches(glob: Glob, text: string): boolean {
  // Most globs are a text with one star at its end: its characters are compared first, and the tables seldom filled.
  let at = 0;
  for (let token = glob[0]; token?.kind === "char"; token = glob[at]) {
    if (text.charAt(at) !== token.char) return false;
    at += 1;
  }
  if (at === glob.length) return text.length === at;
  if (at === glob.length - 1) {
    const last = glob[at]?.kind;
    if (last === "any") return true;
    if (last === "some") return !text.includes("/", at);
  }
  return fits(at === 0 ? glob : glob.slice(at), at === 0 ? text : text.slice(at));
}

function fits(glob: Glob, text: string): boolean {
  // live[j]: the tokens so far fit text.slice(0, j)
  let live = new Uint8Array(text.length + 1);
  live[0] = 1;
  for (const token of glob) {
    const next = new Uint8Array(text.length + 1);
    let reach = false;
    for (let j = 0; j <= text.length; j += 1) {
      const before = j === 0 ? "" : text.charAt(j - 1);
      if (token.kind === "char") next[j] = j > 0 && live[j - 1] === 1 && before === token.char ? 1 : 0;
      else if (token.kind === "one") next[j] = j > 0 && live[j - 1] === 1 && before !== "/" ? 1 : 0;
      else {
        if (token.kind === "some" && before === "/") reach = false;
        if (token.kind === "folders") {
          next[j] = live[j] === 1 || (reach && before === "/") ? 1 : 0;
          if (live[j] === 1) reach = true;
        } else {
          if (live[j] === 1) reach = true;
          next[j] = reach ? 1 : 0;
        }
      }
    }
    live = next;
  }
  return live[text.length] === 1;
}
