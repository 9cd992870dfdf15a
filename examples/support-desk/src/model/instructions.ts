/** An instruction that stands in a text, whoever wrote it there. */
export type Instruction =
  | { readonly kind: "read"; readonly customer: string }
  | { readonly kind: "open"; readonly url: string }
  | { readonly kind: "mail record"; readonly to: string; readonly customer: string }
  | { readonly kind: "mail page"; readonly to: string; readonly about: string }
  | {
      readonly kind: "refund";
      readonly customer: string;
      readonly amount: number;
      readonly currency: string;
      readonly note: string;
    }
  | { readonly kind: "report"; readonly month: string }
  | { readonly kind: "shell"; readonly command: string };

/** The whole grammar of the stand-in: six sentences, found anywhere in a text. */
const SENTENCES = new RegExp(
  [
    String.raw`\bread the record of customer (?<read>\w+)`,
    String.raw`\bopen (?<url>https?://[^\s"'<>]*[^\s"'<>.,;])`,
    String.raw`\bmail (?<to>[^\s@"'<>]+@[^\s@"'<>,;]+) (?:the record of customer (?<record>\w+)|what the page says about (?<about>[\w-]+))`,
    String.raw`\brefund customer (?<customer>\w+) (?<amount>\d+(?:\.\d+)?) (?<currency>[A-Z]{3}) for (?<note>[^.\n"<]+)`,
    String.raw`\bmake the report of (?<month>[\d-]+\d)`,
    String.raw`\brun \x60(?<command>[^\x60\n]+)\x60 in the shell`,
  ].join("|"),
  "gi",
);

/** The instructions in a text, in their order. */
export function instructionsIn(text: string): readonly Instruction[] {
  return [...text.matchAll(SENTENCES)].flatMap(({ groups = {} }): Instruction[] => {
    const { read, url, to, record, about, customer, amount, currency, note, month, command } = groups;
    if (read !== undefined) return [{ kind: "read", customer: read }];
    if (url !== undefined) return [{ kind: "open", url }];
    if (to !== undefined && record !== undefined) return [{ kind: "mail record", to, customer: record }];
    if (to !== undefined && about !== undefined) return [{ kind: "mail page", to, about }];
    if (customer !== undefined && amount !== undefined && currency !== undefined && note !== undefined) {
      return [
        { kind: "refund", customer, amount: Number(amount), currency: currency.toUpperCase(), note: note.trim() },
      ];
    }
    if (month !== undefined) return [{ kind: "report", month }];
    if (command !== undefined) return [{ kind: "shell", command }];
    return [];
  });
}
