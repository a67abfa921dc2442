import { expect, jest, test } from '@jest/globals';
import { oncePer } from '../../src/protocol/once-per.js';

test.each([{ found: 'something' }, { found: undefined }])(
  'What is found out about an object is found out once, be it $found',
  ({ found }) => {
    const find = jest.fn((_: object) => found);
    const known = oncePer(find);
    const [key, other] = [{}, {}];
    expect([known(key), known(key), known(other)]).toStrictEqual([found, found, found]);
    expect(find.mock.calls).toStrictEqual([[key], [other]]);
    expect(find.mock.calls[1]?.[0]).toBe(other);
  },
);
