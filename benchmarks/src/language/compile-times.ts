import { compile, createService, memoryHost } from "@writ/policy";
import type { Benchmark, Timed } from "../benchmark.js";
import { edited, policyOf, smallPolicy } from "./generate.js";

/** Rules of the large file. */
export const LARGE = 10_000;
/** The file as the service knows it. */
const ENTRY = "edited.policy";

/** What the compiler takes within a process: a large file, a small one, an edit. */
export function compileTimes(): readonly Benchmark[] {
  const large = policyOf(LARGE);
  const small = smallPolicy();
  let round = 0;
  return [
    {
      name: `${LARGE}-rule file, compiled`,
      target: "language.large",
      warmUp: 1,
      runs: 7,
      run: (timed) => timed(() => compiled(large)),
    },
    {
      name: `${linesOf(small)}-line file, compiled, warm`,
      target: "language.small",
      uncollected: true,
      warmUp: 100,
      runs: 200,
      run: (timed) => timed(() => compiled(small)),
    },
    {
      name: `one rule of ${LARGE} edited, the file compiled anew`,
      warmUp: 1,
      runs: 5,
      async run(timed) {
        round += 1;
        const text = edited(large, round);
        await timed(() => compiled(text));
      },
    },
    {
      name: `one rule of ${LARGE} edited, checked through the service`,
      target: "language.edit",
      warmUp: 3,
      runs: 30,
      run: editing(large),
    },
  ];
}

/** Edits one rule and back, as in an editor: the service has read the file before the first edit. */
function editing(large: string): (timed: Timed) => Promise<void> {
  const service = createService(memoryHost({ [ENTRY]: large }));
  let round = 0;
  return async (timed) => {
    if (round === 0) {
      service.update(ENTRY, large);
      await service.settle(ENTRY);
    }
    round += 1;
    service.update(ENTRY, edited(large, round));
    const { settled } = await timed(() => service.check(ENTRY));
    if (settled) throw new Error("the service looked at the whole file: this was to be an edit inside one rule");
    // As an editor does once its user pauses; the next edit then differs in one rule again.
    service.update(ENTRY, large);
    await service.check(ENTRY);
  };
}

/** Compiles a text, and refuses to time a mistake: an early error would be fast. */
async function compiled(text: string): Promise<void> {
  const { bundle, diagnostics } = await compile("bench.policy", memoryHost({ "bench.policy": text }));
  if (bundle !== undefined) return;
  const first = diagnostics.find(({ severity }) => severity === "error");
  throw new Error(`the generated policy has errors: ${first?.span.line ?? "?"}: ${first?.message ?? "none is named"}`);
}

export function linesOf(text: string): number {
  return text.trimEnd().split("\n").length;
}
