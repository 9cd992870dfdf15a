import { buildImages, type BuiltImage } from "@writ/sandbox";
import type { Run } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { writeJson } from "../output/json.js";
import { safe } from "../output/text.js";

/**
 * `writ sandbox build`. Makes the images that sandboxed programs run in, from this Node and from packages of this
 * machine's distribution; without any registry, and nothing of them runs meanwhile. It ends with 2 where one is lacking.
 */
export const run: Run = async (args, streams) => {
  const built = await buildImages();
  const ok = built.ok && built.images.every((image) => image.ok);
  if (args.flag("json")) await writeJson(streams, "writ.sandbox.build/1", { ...built, ok });
  else if (!built.ok) await streams.out(`no engine: ${safe(built.why)}\nto have one: ${safe(built.remedy)}\n`);
  else {
    const lines = built.images.flatMap(describe);
    await streams.out([`engine ${safe(built.engine)}`, ...lines, ""].join("\n"));
  }
  return ok ? EXIT.ok : EXIT.refused;
};

const HOLDS: Readonly<Record<BuiltImage["name"], string>> = {
  node: "JavaScript: Node on an empty root",
  tools: "shell and Python: packages of this distribution, and Node",
};

function describe(image: BuiltImage): string[] {
  const head = `${image.name.padEnd(6)} ${HOLDS[image.name]}`;
  if (!image.ok) return [head, `       not built: ${safe(image.why)}`];
  const how = image.before ? "was there" : `built in ${(image.ms / 1000).toFixed(1)} s`;
  const lines = [head, `       ${image.reference}, ${how}`];
  if (image.made.length > 0) lines.push(`       made of ${image.made.length} parts; --json names them`);
  for (const stale of image.stale) lines.push(`       not used any more: ${safe(stale)}`);
  return lines;
}
