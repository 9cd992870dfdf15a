import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildImages } from "../src/images/build-images.js";
import { proveMachine } from "../src/prove-machine.js";

/**
 * What the whole run says of isolation: which tiers its tests could use. Where continuous integration gave the machine
 * what a tier needs, a tier that does not hold is a failure and no skip.
 */
test("lesson 14: the tiers of this machine are told, and those that it was given are there", async () => {
  const given = process.env["WRIT_EXPECT_TIERS"];
  const built = given === undefined ? undefined : await buildImages();
  const proofs = await proveMachine();
  const lines = proofs.map((proof) =>
    proof.ok
      ? `tier ${proof.isolation}: tested, in ${proof.backend}`
      : `tier ${proof.isolation}: skipped: ${proof.why}${proof.remedy === undefined ? "" : `; to have it: ${proof.remedy}`}`,
  );
  for (const image of built?.ok === true ? built.images : [])
    if (!image.ok) lines.push(`image ${image.name}: ${image.why}`);
  const file = process.env["WRIT_TIERS_FILE"];
  if (file !== undefined) writeFileSync(file, `${lines.join("\n")}\n`);
  const expected = new Set<string>((given ?? "").split(","));
  const lacking = proofs.filter(({ isolation, ok }) => !ok && expected.has(isolation));
  expect(lacking, "a tier that could be had here does not hold").toEqual([]);
}, 300_000);
