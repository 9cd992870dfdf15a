import { expect, it } from "vitest";
import { builtinDetectors } from "../../src/detect/builtin.js";
import { loadDetectorLibraries } from "../../src/detect/libraries.js";

const TEXT = "pay with 4111 1111 1111 1111";

it.each(["secrets", "cards", "iban", "email", "phone", "injection", "national_id"])(
  "the detector %s is unavailable, and not clean, before it is loaded",
  (name) => {
    expect(builtinDetectors().has(name)).toBe(true);
    expect(builtinDetectors().find(name, TEXT)).toBeUndefined();
  },
);

it("a guard that was made before sees what is loaded later; what needs a library waits for that library", async () => {
  const before = builtinDetectors();
  await loadDetectorLibraries(new Set());
  expect(before.find("cards", TEXT)).toBeUndefined();
  await loadDetectorLibraries(new Set(["cards"]));
  expect(before.find("cards", TEXT)).toHaveLength(1);
  expect(before.find("secrets", TEXT)).toBeUndefined();
  expect(before.find("national_id", TEXT)).toBeUndefined();
});
