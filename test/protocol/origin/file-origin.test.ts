import { expect, test } from '@jest/globals';
import { checkFileOrigin } from '../../../src/protocol/origin/file-origin.js';
import { readOriginRules } from '../../../src/protocol/origin/origin-rules.js';

test.each(['file://', ['https://app.test', 'file://']])(
  'With credentials, %p is refused, since any page from a file would be let in',
  (option) => {
    expect(checkFileOrigin(readOriginRules(option).rules)).toStrictEqual([
      {
        code: 'null-origin-with-credentials',
        value: 'file://',
        message:
          "Every page that an app shell opens from a file sends the origin 'file://', whoever wrote it.",
        hint: "Remove 'file://', or set credentials: false.",
      },
    ]);
  },
);

test.each(['https://app.test', 'profile://app', false, 'null', () => true].map((rule) => [rule]))(
  'With credentials, %p says nothing of files',
  (option) => {
    expect(checkFileOrigin(readOriginRules(option).rules)).toStrictEqual([]);
  },
);
