import { wilson, type Share } from "@writ/testing";

/**
 * How a reading stands to the label of a reference: the same; refused or unknown where the reference takes it, which
 * refuses or asks more; or taken, or read as harmless, where the reference says otherwise, which is a mistake.
 * `unseen` is right as far as it goes: the difference lies where the type reads nothing, and a document says so.
 */
export type Verdict = "agrees" | "stricter" | "looser" | "unseen";

/** Rows that came out alike. */
export interface Class {
  readonly verdict: Verdict;
  readonly name: string;
  readonly count: number;
  /** The first of them. */
  readonly example: string;
}

/** A share of the rows with its interval. */
export interface Figure {
  readonly name: string;
  readonly hits: number;
  readonly of: number;
  readonly share: Share | undefined;
}

/** What a semantic type made of a corpus, beside the labels that came with it. */
export interface Comparison {
  readonly corpus: string;
  /** What is compared, and with whose labels. */
  readonly question: string;
  readonly rows: number;
  readonly classes: readonly Class[];
  readonly figures: readonly Figure[];
}

export function figure(name: string, hits: number, of: number): Figure {
  return { name, hits, of, share: wilson(hits, of) };
}

/** Precision and recall of a question with two answers: `found` is ours, `there` is the label's. */
export class Confusion {
  private readonly counts = { right: 0, missed: 0, wrong: 0, clear: 0 };

  add(there: boolean, found: boolean): void {
    this.counts[there ? (found ? "right" : "missed") : found ? "wrong" : "clear"] += 1;
  }

  /** `what` names the thing looked for: `texts that are no URL`. */
  figures(what: string): readonly [Figure, Figure, Figure] {
    const { right, missed, wrong, clear } = this.counts;
    return [
      figure(`${what}: recall`, right, right + missed),
      figure(`${what}: precision`, right, right + wrong),
      figure(`${what}: found where there is none`, wrong, wrong + clear),
    ];
  }
}

/** Counts rows by how they came out. */
export class Tally {
  private readonly found = new Map<string, { verdict: Verdict; name: string; count: number; example: string }>();
  private total = 0;

  add(verdict: Verdict, name: string, example: string): void {
    this.total += 1;
    const key = `${verdict} ${name}`;
    const before = this.found.get(key);
    if (before === undefined) this.found.set(key, { verdict, name, count: 1, example: example.slice(0, 200) });
    else before.count += 1;
  }

  /** The comparison, with a figure for each verdict that occurs. */
  comparison(corpus: string, question: string, figures: readonly Figure[] = []): Comparison {
    const order: readonly Verdict[] = ["looser", "unseen", "stricter", "agrees"];
    const classes = [...this.found.values()].toSorted(
      (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || b.count - a.count,
    );
    const verdicts = order.toReversed().flatMap((verdict) => {
      const hits = classes.filter((one) => one.verdict === verdict).reduce((sum, { count }) => sum + count, 0);
      return hits > 0 || verdict === "looser" ? [figure(verdict, hits, this.total)] : [];
    });
    return { corpus, question, rows: this.total, classes, figures: [...verdicts, ...figures] };
  }
}
