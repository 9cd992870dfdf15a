import { compile, memoryHost, type Compilation, type Diagnostic } from "../src/index.js";

/** A source with `⟦…⟧` around the places that diagnostics should point at. */
export interface Marked {
  readonly text: string;
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

export function unmark(source: string): Marked {
  const marks: { start: number; end: number }[] = [];
  let text = "";
  const open: number[] = [];
  for (const character of source) {
    if (character === "⟦") open.push(text.length);
    else if (character === "⟧") marks.push({ start: open.pop() ?? 0, end: text.length });
    else text += character;
  }
  return { text, marks: marks.toSorted((a, b) => a.start - b.start) };
}

/** What most fixtures need above them. */
export const PRELUDE = `policy t @ 1
use std.identity
use std.labels
use std.tiers
type Customer { id: Id, email: Email, note?: Line, tags: [Text] }
tool fs.read (path: Path, note?: Text) -> Text { effect read  risk low  labels untrusted }
tool fs.list (dir: Path) { effect read  risk low }
tool web.get (url: Url) { effect read  risk low }
tool pay.send (amount: Money<USD>, any: Money, to: Email, level: "low" | "high") { effect pay  risk low }
tool mail.send (to: [Email], bcc?: [Email], subject: Line, count: Int, score: Decimal, wait: Duration, when_due: Time) { effect egress  risk low  sink to, bcc }
tool crm.put (customer: Customer, many: [Customer], raw: Json, flag: Bool, most: Int) { effect write  risk low }
role support { user.groups has "support" }
role manager { user.mfa }
allow base on fs.*, crm.*, pay.* { for support } allow base_web on web.get { for support when url.host in ["a.com"] } allow base_mail on mail.send { for support when every to.domain in ["a.com"] unless has(bcc) }
ask base_ask on pay { from manager }
`;

export async function compileText(text: string, files: Record<string, string | Uint8Array> = {}): Promise<Compilation> {
  return compile("main.policy", memoryHost({ "main.policy": text, ...files }));
}

/** Diagnostics but those that the prelude's own bareness causes. */
export function said(compilation: Compilation): readonly Diagnostic[] {
  return compilation.diagnostics;
}
