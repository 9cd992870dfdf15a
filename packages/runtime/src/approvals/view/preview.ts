import { digest, type Json, type Tool } from "@writ/ir";
import { Deadlines } from "../../faults/deadlines.js";
import { changeOf } from "./diff.js";
import type { ViewPart } from "./part.js";

/**
 * What the host knows of the present: for a call that a person is asked about, the text that each of its arguments would
 * take the place of (the content of the file that is written, for one). Undefined: nothing to compare with. It is the
 * host's word and is marked so; it decides nothing, but what a person agreed to on it must still be so when it happens.
 */
export type Preview = (
  call: { readonly tool: string; readonly args: Json; readonly session: string },
  signal: AbortSignal,
) => PreviewAnswer | undefined | Promise<PreviewAnswer | undefined>;

export interface PreviewAnswer {
  readonly [argument: string]: string;
}

/** What is asked of a host's preview, in milliseconds and in UTF-16 units of a text. */
const TIMEOUT = 2000;
const MAX_TEXT = 1024 * 1024;

const deadlines = new Deadlines(TIMEOUT);

type Asked = Parameters<Preview>[0];

/** What each argument would change. A preview that fails, is late, or gives what is no text says so in its place. */
export async function changeParts(
  preview: Preview | undefined,
  tool: Tool | undefined,
  asked: Asked,
): Promise<readonly ViewPart[]> {
  if (preview === undefined || tool === undefined) return [];
  const present = await presentTexts(preview, asked);
  if (present === undefined) return [unavailable("")];
  return tool.params.flatMap(({ name }): ViewPart[] => {
    if (!Object.hasOwn(present, name)) return [];
    const before: unknown = present[name];
    const after = textOf(asked.args, name);
    if (typeof before !== "string" || before.length > MAX_TEXT || after === undefined) return [unavailable(name)];
    const change = changeOf(before.toWellFormed(), after);
    return [
      {
        kind: "change",
        name,
        by: "host",
        present: digest(before.toWellFormed()),
        ...change,
        text: `against what the host says is there now: ${change.added} lines added, ${change.removed} removed`,
        quoted: true,
      },
    ];
  });
}

async function presentTexts(preview: Preview, asked: Asked): Promise<PreviewAnswer | undefined> {
  const ended = new AbortController();
  try {
    const answer = await deadlines.within(
      async () => (await preview(structuredClone(asked), ended.signal)) ?? {},
      (why) => new Error(why),
    );
    return typeof answer === "object" && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  } finally {
    ended.abort();
  }
}

function textOf(args: Json, name: string): string | undefined {
  if (typeof args !== "object" || args === null || Array.isArray(args) || !Object.hasOwn(args, name)) return undefined;
  const value: unknown = Reflect.get(args, name);
  return typeof value === "string" ? value : undefined;
}

function unavailable(name: string): ViewPart {
  const text = "what is there now is not known: the host could not say";
  return { kind: "change", name, by: "host", added: 0, removed: 0, lines: [], more: 0, text, quoted: false };
}

/** Whether what a person saw is what is there now; what was not known must not be known now either. */
export function isStillThere(seen: readonly ViewPart[], now: readonly ViewPart[]): boolean {
  const present = (view: readonly ViewPart[]): readonly (string | undefined)[] =>
    view.flatMap((part) => (part.kind === "change" ? [part.name, part.present] : []));
  const [before, after] = [present(seen), present(now)];
  return before.length === after.length && after.every((one, i) => one === before[i]);
}
