// Lets the main job and the `writ` command run on the sources of all packages, so that the tests need no build and never
// see an old one: what is asked for in dist/ is read from src/, `x.js` from `x.ts`, whose types Node strips.
import { existsSync, readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

/** @param {string} url */
function sourceOf(url) {
  const source = url.replace(/\/dist\//, "/src/").replace(/\.js$/, ".ts");
  return source !== url && !url.includes("/node_modules/") && existsSync(fileURLToPath(source)) ? source : undefined;
}

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith(".") && context.parentURL !== undefined) {
      const url = sourceOf(new URL(specifier, context.parentURL).href);
      if (url !== undefined) return { url, format: "module-typescript", shortCircuit: true };
    }
    if (specifier.startsWith("@writ/")) return next(toSource(specifier), context);
    return next(specifier, context);
  },
});

/**
 * The source a package exports under a specifier, by its own manifest.
 * @param {string} specifier
 */
function toSource(specifier) {
  const [, name = "", entry = ""] = /^@writ\/(\w+)(.*)$/.exec(specifier) ?? [];
  const folder = new URL(`../../../../packages/${name}/`, import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  const target = manifest.exports?.[`.${entry}`]?.default;
  return typeof target === "string" ? (sourceOf(new URL(target, folder).href) ?? specifier) : specifier;
}
