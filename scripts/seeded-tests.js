/** @import { ESTree, Rule } from '@oxlint/plugins' */

/** What `test/` may not draw with. */
const OTHER_SOURCES = [
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Draw with `Random` of test/harness/random.ts, which starts from SEED.',
  },
  {
    selector:
      'MemberExpression[object.property.name="env"]:matches([property.name="SEED"], [property.value="SEED"])',
    message: 'Import SEED from test/harness/seed.js.',
  },
  {
    selector:
      'MemberExpression[object.name="fc"][property.name=/^(assert|check|sample|statistics)$/]',
    message: 'Call `checkProperty()` of test/harness/property.ts, which starts from SEED.',
  },
];

/**
 * The linter's rule of the house: the titles of tests that draw tell the seed, and all draws start from it
 * (test/README.md).
 *
 * @type {Rule}
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
    const checkTitle = (/** @type {ESTree.Node} */ node) => {
      const around = /** @type {ESTree.Node[]} */ (context.sourceCode.getAncestors(node));
      if (around.some(tellsSeed)) return;
      context.report({ node, messageId: 'title' });
    };
    return {
      ...Object.fromEntries(
        OTHER_SOURCES.map(({ selector, message }) => [
          selector,
          (/** @type {ESTree.Node} */ node) => context.report({ node, message }),
        ]),
      ),
      'NewExpression[callee.name="Random"]'(/** @type {ESTree.Node} */ node) {
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
 * @param {ESTree.Node} node
 */
function tellsSeed(node) {
  if (node.type !== 'CallExpression') return false;
  const [title] = node.arguments;
  return (
    title?.type === 'TemplateLiteral' &&
    title.expressions.some((part) => part.type === 'Identifier' && part.name === 'SEEDED')
  );
}
