import type { Place } from "../source/place.js";
import type { SourceFile } from "../source/source-file.js";
import type { Code, Details } from "./catalog.js";
import { isOnlySuggestion } from "./suggest.js";

/** A text in place of another: UTF-16 offsets into the file of the diagnostic, end exclusive. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a tool can apply without asking; all edits or none. */
export interface Fix {
  readonly edits: readonly Edit[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/**
 * The edit that takes a mistake away, where there is one that nobody would have to think about. A name gets one only
 * where a single candidate is as close as the suggestion, and only for a name: never a name for a text or the reverse.
 */
export function fixOf(
  code: Code,
  file: SourceFile,
  at: Place,
  details: Details,
  suggestion: string | undefined,
): Fix | undefined {
  const found = file.text.slice(at.start, at.end);
  const replace = (text: string): Fix => ({ edits: [{ start: at.start, end: at.end, text }] });
  if (suggestion !== undefined) {
    const alike = (NAME.test(found) && NAME.test(suggestion)) || (isText(found) && isText(suggestion));
    const bare = isText(found) ? found.slice(1, -1) : found;
    const meant = isText(suggestion) ? suggestion.slice(1, -1) : suggestion;
    return alike && isOnlySuggestion(bare, meant, details.list ?? []) ? replace(suggestion) : undefined;
  }
  switch (code) {
    case "E006":
      return found === ";" ? replace("") : undefined;
    case "E007":
      return closing(file, at, found);
    case "E008": {
      const money = /^(\d+(?:\.\d+)?)([A-Z]{3})$/.exec(found);
      const size = /^(\d+)([kKmMgG])[bB]$/.exec(found);
      if (money !== null) return replace(`${money[1]} ${money[2]}`);
      return size === null ? undefined : replace(`${size[1]}${(size[2] ?? "").toUpperCase()}B`);
    }
    case "E202":
      return replace(`forbid ${found}`);
    default:
      return undefined;
  }
}

function isText(text: string): boolean {
  return /^"[^"\\]*"$/.test(text);
}

/** The quote at the end of its line that a text lacks, if nothing else of the language can stand in that line. */
function closing(file: SourceFile, at: Place, found: string): Fix | undefined {
  const next = file.text.charAt(at.end);
  if (!/^"[^"\\{}()[\]#:,]*$/.test(found) || (next !== "" && next !== "\n" && next !== "\r")) return undefined;
  const end = at.start + found.trimEnd().length;
  return end === at.start + 1 ? undefined : { edits: [{ start: end, end, text: '"' }] };
}
