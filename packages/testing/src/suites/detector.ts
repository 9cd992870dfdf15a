import type { Detector, Finding } from "@writ/runtime";
import { requireSame, requireThat, type Case } from "./case.js";

/** Texts that a detector is tried on. */
export interface DetectorSamples {
  /** Texts in which it must find something, with what must be in the finding where that is said. */
  readonly found: readonly (string | { readonly text: string; readonly part: string })[];
  /** Texts in which it must find nothing. */
  readonly clean: readonly string[];
}

const LONG = 256 * 1024;

/** Texts that break those who do not expect them. */
const ODD: readonly string[] = [
  "",
  "\0",
  "\uD800",
  "\uDC00\uD800",
  "\u200B\u202E\u2066",
  "e\u0301".repeat(500),
  "constructor __proto__ toString",
  "a".repeat(LONG),
  "\n".repeat(LONG),
  "@".repeat(LONG),
  "1 ".repeat(LONG / 2),
];

/**
 * What every detector must do, beside finding what it is for: say where, within the text; be sure by a number; give the same
 * answer for the same text, also when asked at once; and answer whatever the text is.
 */
export function detectorCases(detector: Detector, samples: DetectorSamples): readonly Case[] {
  const find = async (text: string): Promise<readonly Finding[]> => {
    const found = await detector(text);
    const isList: boolean = Array.isArray(found);
    requireThat(isList, "a detector answers with a list");
    for (const { kind, start, end, confidence } of found) {
      requireThat(typeof kind === "string" && kind !== "", "a finding has a kind");
      requireThat(
        Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length,
        `a finding lies in the text: ${start} to ${end} of ${text.length}`,
      );
      requireThat(confidence >= 0 && confidence <= 1, `a confidence is from 0 to 1, not ${confidence}`);
    }
    return found;
  };
  return [
    ...samples.found.map((sample, index): Case => {
      const [text, part] = typeof sample === "string" ? [sample, undefined] : [sample.text, sample.part];
      return {
        name: `finds sample ${index}`,
        run: async () => {
          const found = await find(text);
          requireThat(found.length > 0, `nothing was found in ${JSON.stringify(text)}`);
          if (part !== undefined)
            requireThat(
              found.some(({ start, end }) => text.slice(start, end).includes(part)),
              `${JSON.stringify(part)} is in no finding`,
            );
        },
      };
    }),
    ...samples.clean.map((text, index): Case => ({
      name: `finds nothing in clean sample ${index}`,
      run: async () => requireSame(await find(text), [], "findings"),
    })),
    ...ODD.map((text, index): Case => ({
      name: `answers odd text ${index}`,
      run: async () => void (await find(text)),
    })),
    {
      name: "gives the same answer for the same text, also when asked at once",
      run: async () => {
        for (const sample of samples.found) {
          const text = typeof sample === "string" ? sample : sample.text;
          const first = await find(text);
          for (const again of await Promise.all(Array.from({ length: 8 }, () => find(text))))
            requireSame(again, first, "findings");
        }
      },
    },
    {
      name: "finds a sample again where more stands around it",
      run: async () => {
        for (const sample of samples.found) {
          const text = typeof sample === "string" ? sample : sample.text;
          requireThat((await find(`${"x\n".repeat(1000)}${text}\n${"y\n".repeat(1000)}`)).length > 0, "lost in a text");
        }
      },
    },
  ];
}
