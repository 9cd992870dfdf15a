import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { refuseImport } from "./arrows.mjs";

/** @typedef {import("./plugin.mjs").Rule} Rule */
/** @typedef {import("./plugin.mjs").Node} Node */

/**
 * The lint rule `writ/arrows`: packages import each other only along the arrows of ARCHITECTURE.md.
 * It sees static imports, re-exports, dynamic imports, `import("x").Type` and require.
 * @type {Rule}
 */
export const arrowsRule = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const root = findRoot(context.filename);
    if (!root) return {};
    const file = context.filename.slice(root.length + 1).replaceAll("\\", "/");
    /**
     * @param {Node} node
     * @param {unknown} source
     * @param {boolean} typeOnly
     */
    const judge = (node, source, typeOnly) => {
      const specifier = text(source);
      const reason =
        specifier === undefined
          ? "an import must name what it imports, or nobody can see where it leads"
          : refuseImport({ root, file, specifier, typeOnly });
      if (reason) context.report({ node, message: reason });
    };
    return {
      ImportDeclaration: (node) => judge(node, node.source, node.importKind === "type"),
      ExportAllDeclaration: (node) => judge(node, node.source, node.exportKind === "type"),
      ExportNamedDeclaration: (node) => {
        if (node.source) judge(node, node.source, node.exportKind === "type");
      },
      ImportExpression: (node) => {
        // Tests and scripts may compute a path; what is published may not.
        if (text(node.source) !== undefined || file.includes("/src/")) judge(node, node.source, false);
      },
      TSImportType: (node) => judge(node, node.source, true),
      TSExternalModuleReference: (node) => judge(node, node.expression, false),
      CallExpression: (node) => {
        if (node.callee.type === "Identifier" && node.callee.name === "require") judge(node, node.arguments[0], false);
      },
    };
  },
};

/**
 * The string a literal, or a template without holes, stands for.
 * @param {unknown} source
 * @returns {string | undefined}
 */
function text(source) {
  const node = /** @type {Record<string, any>} */ (source ?? {});
  if (node["type"] === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node["type"] === "TemplateLiteral" && node["expressions"].length === 0) return node["quasis"][0]?.value.cooked;
  return undefined;
}

/** @type {Map<string, string | undefined>} */
const roots = new Map();

/**
 * The repository is the nearest folder above that has a pnpm-workspace.yaml.
 * @param {string} path
 * @returns {string | undefined}
 */
function findRoot(path) {
  const folder = dirname(path);
  if (folder === path) return undefined;
  if (!roots.has(folder)) {
    roots.set(folder, existsSync(join(folder, "pnpm-workspace.yaml")) ? folder : findRoot(folder));
  }
  return roots.get(folder);
}
