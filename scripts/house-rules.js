import { folderOrder } from './folder-order.js';
import { seededTests } from './seeded-tests.js';

/**
 * The house's own rules, as Oxlint loads them (`.oxlintrc.json`).
 *
 * @type {import('@oxlint/plugins').Plugin}
 */
export default {
  meta: { name: 'house' },
  rules: { 'folder-order': folderOrder, 'seeded-tests': seededTests },
};
