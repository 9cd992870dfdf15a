/**
 * The lint rule `writ/no-type-escapes`: published sources do not step around the type checker, neither
 * by a double assertion nor by a comment. (`any` itself is refused by typescript/no-explicit-any.)
 * @type {import("./plugin.mjs").Rule}
 */
export const escapesRule = {
  meta: { type: "problem", schema: [] },
  create(context) {
    return {
      TSAsExpression: (node) => {
        if (node.expression.type !== "TSAsExpression") return;
        context.report({
          node,
          message: "a double assertion lets any value pass for any type: check the value instead",
        });
      },
      Program: () => {
        for (const comment of context.sourceCode.getAllComments()) {
          const [found] = /@ts-(ignore|expect-error|nocheck)\b|\b(oxlint|eslint)-disable/.exec(comment.value) ?? [];
          if (!found) continue;
          const message = `"${found}" switches a check off: change the code so that the check passes`;
          context.report({ node: comment, message });
        }
      },
    };
  },
};
