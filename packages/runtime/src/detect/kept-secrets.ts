import type { Finding } from "./detector.js";

/** A rule of secretlint as far as it is used here; what does not look like one is not taken. */
interface KeptRule {
  readonly meta: { readonly id: string };
  create(context: unknown, options: unknown): unknown;
}

/**
 * Left out: comments in a text that switch rules off (`secretlint-disable`), which whoever writes the text would use; and
 * key files, which a text is not.
 */
const LEFT_OUT = new Set(["@secretlint/secretlint-rule-filter-comments"]);

let kept: readonly KeptRule[] | undefined;

/** Takes secretlint's recommended rules. Throws where they are not what was expected: the detector is unavailable then. */
export function useSecretRules(rules: unknown): void {
  if (!Array.isArray(rules) || rules.length === 0 || !rules.every(isRule))
    throw new TypeError("the rules of secretlint have another shape");
  const list: readonly KeptRule[] = rules;
  kept = list.filter((rule) => !LEFT_OUT.has(rule.meta.id));
}

function isRule(value: unknown): value is KeptRule {
  if (typeof value !== "object" || value === null || !("meta" in value) || !("create" in value)) return false;
  const { meta, create } = value;
  return (
    typeof create === "function" &&
    typeof meta === "object" &&
    meta !== null &&
    "id" in meta &&
    typeof meta.id === "string"
  );
}

/**
 * What the kept rules find. They are run without secretlint's own engine, which leaves performance marks behind for
 * every text, and reads comments that switch rules off. Throws where they are not loaded.
 */
export function findKeptSecrets(text: string): readonly Finding[] {
  if (kept === undefined) throw new Error("the rules of secretlint are not loaded");
  const out: Finding[] = [];
  const source = {
    content: text,
    contentType: "text",
    filePath: "text.txt",
    ext: ".txt",
    hasBOM: false,
    getContentString: () => text,
  };
  for (const rule of kept) {
    const kind = kindOf(rule.meta.id);
    const made = rule.create(
      {
        sharedOptions: {},
        ignore: () => undefined,
        createTranslator: () => (messageId: string) => ({ messageId, message: "" }),
        report: (found: unknown) => void out.push(findingOf(found, kind, text.length)),
      },
      {},
    );
    const answer = looker(made)(source);
    if (answer instanceof Promise) throw new TypeError(`${rule.meta.id} answers later`);
  }
  return out;
}

/** `@secretlint/secretlint-rule-hashicorp-vault` is `hashicorp_vault`. */
function kindOf(id: string): string {
  return id.slice(id.lastIndexOf("secretlint-rule-") + "secretlint-rule-".length).replaceAll("-", "_");
}

function looker(made: unknown): (source: unknown) => unknown {
  if (typeof made === "object" && made !== null && "file" in made && typeof made.file === "function") {
    const { file } = made;
    return (source) => file.call(made, source) as unknown;
  }
  throw new TypeError("a rule of secretlint has another shape");
}

function findingOf(found: unknown, kind: string, length: number): Finding {
  if (typeof found === "object" && found !== null && "range" in found && Array.isArray(found.range)) {
    const range: readonly unknown[] = found.range;
    const [start, end] = range;
    if (typeof start === "number" && typeof end === "number" && start < end && end <= length)
      return { kind, start, end, confidence: 0.95 };
  }
  throw new TypeError("a rule of secretlint reports no range"); // something was found: it is never nothing
}
