import { CATALOG, CODES, isCode } from "@writ/policy";
import type { Run } from "../command.js";
import { didYouMean } from "../did-you-mean.js";
import { EXIT } from "../exit-codes.js";
import { Fault } from "../fault.js";
import { writeJson } from "../output/json.js";
import { painter, safe } from "../output/text.js";

/** `writ explain CODE`, and with `--call` that of a policy's decision. */
export const run: Run = async (args, streams) => {
  if (args.value("call") !== undefined) return (await import("./explain-call.js")).run(args, streams);
  const extra = ["user", "agent", "params"].find((name) => args.value(name) !== undefined);
  if (extra !== undefined) throw new Fault(`--${extra} goes with --call JSON`);
  const [asked = ""] = args.files;
  if (asked.endsWith(".policy")) throw new Fault(`writ explain ${asked} needs the call to explain: --call JSON`);
  const code = asked.toUpperCase();
  if (!isCode(code)) {
    const meant = didYouMean(code, CODES);
    throw new Fault(
      `there is no diagnostic ${code}`,
      meant === undefined ? "codes look like E101; check prints them in brackets" : `did you mean ${meant}?`,
    );
  }
  const { severity, title, explanation, example } = CATALOG[code];
  if (args.flag("json")) {
    await writeJson(streams, "writ.explain/1", { ok: true, code, severity, title, explanation, example });
    return EXIT.ok;
  }
  const lines = example
    .split("\n")
    .map((line) => `  ${safe(line)}`)
    .join("\n");
  await streams.out(
    `${painter(streams.color)("strong", `${severity} ${code}: ${title}`)}\n\n${explanation}\n\nFor example:\n\n${lines}\n`,
  );
  return EXIT.ok;
};
