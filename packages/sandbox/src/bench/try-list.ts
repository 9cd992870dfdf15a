import type { Backend } from "../backend.js";
import type { AttackLanguage, EscapeRow } from "../escape/attack.js";
import { tryEscapes } from "../escape/run.js";
import { lacksImages } from "./tiers.js";

/** What became of the escape list in a backend, or why it could not be tried there. */
export type TriedList =
  | { readonly rows: readonly EscapeRow[] }
  | { readonly why: string; readonly remedy?: string | undefined };

/** Where a runner's frames go: programs of a shell and of JavaScript in a container write them to 1, Python to 4. */
const ENGINE: Readonly<Record<AttackLanguage, number>> = { javascript: 1, python: 4, shell: 1 };
const PROCESS = 3;
const ALL: readonly AttackLanguage[] = ["javascript", "python", "shell"];

/** Runs the list in a backend, where it holds; a quick run tries it in JavaScript alone. */
export async function tryList(backend: Backend, mode: "full" | "quick"): Promise<TriedList> {
  const lack = await lacksImages(backend);
  if (lack !== undefined) return lack;
  const probe = await backend.probe();
  if (!probe.ok) return { why: probe.why, remedy: probe.remedy };
  const languages = mode === "quick" ? ALL.slice(0, 1) : ALL;
  const rows: EscapeRow[] = [];
  for (const language of languages)
    rows.push(...(await tryEscapes(backend, { protocol: protocolOf(backend, language), languages: [language] })));
  return { rows };
}

/** In a Wasm instance there are no descriptors. */
function protocolOf({ isolation }: Backend, language: AttackLanguage): number | undefined {
  switch (isolation) {
    case "process":
      return PROCESS;
    case "container":
    case "gvisor":
      return ENGINE[language];
    default:
      return undefined;
  }
}
