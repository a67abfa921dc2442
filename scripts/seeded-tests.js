/**
 * ESLint's rule of the house: the titles of tests that draw tell the seed, and all draws start from it
 * (test/README.md).
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const seededTests = {
  meta: {
    type: 'problem',
    docs: { description: 'hold random tests to one seed, and have their titles tell it' },
    schema: [],
    messages: {
      start: 'Start from SEED of test/harness/seed.js.',
      title: 'End the title of the test with SEEDED, so that a failure says how to see it again.',
    },
  },
  create(context) {
    const checkTitle = (/** @type {import('eslint').Rule.Node} */ node) => {
      if (context.sourceCode.getAncestors(node).some(tellsSeed)) return;
      context.report({ node, messageId: 'title' });
    };
    return {
      'NewExpression[callee.name="Random"]'(/** @type {import('eslint').Rule.Node} */ node) {
        if (!context.sourceCode.getText(node).includes('SEED')) {
          context.report({ node, messageId: 'start' });
        }
        checkTitle(node);
      },
      'CallExpression[callee.name="checkProperty"]': checkTitle,
    };
  },
};

/**
 * Whether a call, of `test()`, `describe()` or their tables, has a title with the seed in it.
 *
 * @param {import('estree').Node} node
 */
function tellsSeed(node) {
  if (node.type !== 'CallExpression') return false;
  const [title] = node.arguments;
  return (
    title?.type === 'TemplateLiteral' &&
    title.expressions.some((part) => part.type === 'Identifier' && part.name === 'SEEDED')
  );
}
