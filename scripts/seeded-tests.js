/** The titles of tests that draw tell the seed, and all draws start from it: test/README.md. */
export const seededTests = {
  meta: {
    type: 'problem',
    docs: { description: 'hold random tests to one seed, and have their titles tell it' },
    schema: [],
    messages: {
      start: 'Start from SEED of test/harness/seed.ts.',
      title: 'End the title of the test with SEEDED, so that a failure says how to see it again.',
    },
  },
  create(context) {
    const checkTitle = (node) => {
      if (context.sourceCode.getAncestors(node).some(tellsSeed)) return;
      context.report({ node, messageId: 'title' });
    };
    return {
      'NewExpression[callee.name="Random"]'(node) {
        if (!context.sourceCode.getText(node).includes('SEED')) {
          context.report({ node, messageId: 'start' });
        }
        checkTitle(node);
      },
      'CallExpression[callee.name="checkProperty"]': checkTitle,
    };
  },
};

/** Whether a call, of `test()`, `describe()` or their tables, has a title with the seed in it. */
function tellsSeed({ type, arguments: [title] = [] }) {
  return (
    type === 'CallExpression' &&
    title?.type === 'TemplateLiteral' &&
    title.expressions.some(({ name }) => name === 'SEEDED')
  );
}
