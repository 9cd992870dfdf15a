import { defaultBackends } from "@writ/sandbox";
import {
  BENCH_TIERS,
  ISOLATION_ORDERS,
  measureTier,
  readyBackend,
  tryList,
  type BenchTier,
  type IsolationFigures,
} from "@writ/sandbox/bench";
import { escaped } from "@writ/sandbox/escape";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { writeJson } from "../output/json.js";
import type { Streams } from "../output/streams.js";
import { columns, count, safe } from "../output/text.js";

/** What a call pays in one tier, in milliseconds, or why there are no figures. */
type TierReport = { readonly tier: string } & (
  | { readonly figures: IsolationFigures }
  | { readonly why: string; readonly remedy?: string }
);

/** What became of the escape list in one backend. */
interface EscapeReport {
  readonly backend: string;
  readonly tried: number;
  readonly stopped: number;
  /** What was not stopped, or did not end as it must, in a tier that claims it. */
  readonly escaped: readonly string[];
}

/**
 * `writ bench isolation`. Measures what a call pays for its sandbox in each tier that holds on this machine, and with
 * `--escapes` runs the escape list against it. It ends with 2 where something got out that a tier claims to stop.
 */
export const run: Run = async (args, streams) => {
  const mode = args.flag("full") ? "full" : "quick";
  const tiers = await measured(tiersOf(args.value("tier")), mode, streams);
  const escapes = args.flag("escapes") ? await tried(args.value("tier"), mode, streams) : undefined;
  const ok = escapes?.every((one) => one.escaped.length === 0) ?? true;
  if (args.flag("json"))
    await writeJson(streams, "writ.bench.isolation/1", {
      ok,
      mode,
      tiers,
      ...(escapes === undefined ? {} : { escapes }),
    });
  else await streams.out(`${describe(tiers)}${escapes === undefined ? "" : describeEscapes(escapes)}`);
  return ok ? EXIT.ok : EXIT.refused;
};

function tiersOf(only: string | undefined): readonly BenchTier[] {
  const found = BENCH_TIERS.filter(({ isolation }) => only === undefined || isolation === only);
  if (found.length > 0) return found;
  const names = [...new Set(BENCH_TIERS.map(({ isolation }) => isolation))];
  throw new Fault(`there is no tier "${only ?? ""}"`, `--tier takes ${names.join(", ")}`);
}

type Mode = keyof typeof ISOLATION_ORDERS;

async function measured(tiers: readonly BenchTier[], mode: Mode, streams: Streams): Promise<readonly TierReport[]> {
  const reports: TierReport[] = [];
  for (const tier of tiers) {
    await streams.err(`${tier.name} ...\n`);
    const backend = await readyBackend(tier);
    if ("why" in backend) reports.push({ tier: tier.name, ...backend });
    else if (!backend.capabilities.programs.includes(tier.program)) {
      reports.push({ tier: tier.name, why: `${backend.name} runs no ${tier.program} here` });
      await backend.close();
    } else reports.push({ tier: tier.name, figures: await measureTier(backend, tier, ISOLATION_ORDERS[mode]) });
  }
  return reports;
}

async function tried(only: string | undefined, mode: Mode, streams: Streams): Promise<readonly EscapeReport[]> {
  const reports: EscapeReport[] = [];
  for (const backend of defaultBackends().filter(({ isolation }) => only === undefined || isolation === only)) {
    await streams.err(`the escape list in ${backend.name} ...\n`);
    try {
      const found = await tryList(backend, mode);
      // Why a tier does not hold here is told beside its figures.
      if (!("rows" in found)) continue;
      reports.push({
        backend: backend.name,
        tried: found.rows.length,
        stopped: found.rows.filter(({ held }) => held).length,
        escaped: escaped(found.rows).map(({ id, language, happened }) => `${id} in ${language}: ${happened}`),
      });
    } finally {
      await backend.close();
    }
  }
  return reports;
}

const HEAD = ["tier", "cold", "started before", "from the pool", "8 at once", "100 at once", "calls/s", "one waits"];

function describe(reports: readonly TierReport[]): string {
  const rows = reports.map((report) => {
    if (!("figures" in report)) return [report.tier, "not here"];
    const { cold, started, pooled, eight, hundred, perSecond, memory } = report.figures;
    return [
      report.tier,
      ...[cold, started, pooled, eight, hundred].map(({ median, p99 }) => `${ms(median)} / ${ms(p99)}`),
      perSecond.toFixed(0),
      memory === undefined ? "" : `${(memory / 1e6).toFixed(1)} MB`,
    ];
  });
  const missing = reports.flatMap((report) => {
    if ("figures" in report) return [];
    const remedy = report.remedy === undefined ? "" : `\n  to have it: ${safe(report.remedy)}`;
    return [`${report.tier}: ${safe(report.why)}${remedy}`];
  });
  const head = "What a call pays for its sandbox, which no other call uses: milliseconds, median / p99";
  return `${[head, "", columns([HEAD, ...rows]), ...(missing.length === 0 ? [] : ["", ...missing])].join("\n")}\n`;
}

function describeEscapes(reports: readonly EscapeReport[]): string {
  const lines = reports.flatMap(({ backend, tried: all, stopped, escaped: out }) => [
    `${backend}: ${stopped} of ${count(all, "attack")} stopped, ${out.length} not that it claims to stop`,
    ...out.map((line) => `  ${safe(line)}`),
  ]);
  return `\nThe escape list, run\n\n${lines.length === 0 ? "no tier holds here" : lines.join("\n")}\n`;
}

function ms(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0);
}
