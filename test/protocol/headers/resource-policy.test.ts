import { describe, expect, test } from '@jest/globals';
import {
  isResourcePolicy,
  mergeResourcePolicy,
  RESOURCE_POLICY,
} from '../../../src/protocol/headers/resource-policy.js';

describe('Cross-Origin-Resource-Policy', () => {
  test('keeps other sites out', () => {
    expect(RESOURCE_POLICY).toStrictEqual(['Cross-Origin-Resource-Policy', 'same-site']);
  });

  test.each([
    { current: undefined, merged: 'same-site' },
    { current: 'same-site', merged: 'same-site' },
    { current: 'cross-origin', merged: 'same-site' },
    { current: 'same-origin', merged: 'same-origin' },
    // By the standard, values are case-sensitive, and a list is none of them.
    { current: 'Same-Origin', merged: 'same-site' },
    { current: ' same-origin', merged: 'same-site' },
    { current: 'same-origin, same-origin', merged: 'same-site' },
    { current: ['same-origin', 'same-origin'], merged: 'same-site' },
    { current: '', merged: 'same-site' },
    { current: 1, merged: 'same-site' },
  ])('that is $current stays or becomes $merged', ({ current, merged }) => {
    expect(mergeResourcePolicy(current)).toBe(merged);
  });

  test.each([
    { name: 'Cross-Origin-Resource-Policy', is: true },
    { name: 'cross-origin-resource-policy', is: true },
    { name: 'CROSS-ORIGIN-RESOURCE-POLICY', is: true },
    { name: 'Cross-Origin-Resource-Policies', is: false },
    { name: 'cross-origin-resource-polics', is: false },
    { name: 'Cross-Origin-Embedder-Policy', is: false },
    { name: '', is: false },
  ])('is written $name: $is', ({ name, is }) => {
    expect(isResourcePolicy(name)).toBe(is);
  });
});
