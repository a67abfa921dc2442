import { describe, expect, test } from '@jest/globals';
import type { PageQuestion } from '../../src/document/explanation/cors-explanation.js';
import { queryOf, questionOf } from '../../src/explorer/question-query.js';
import { SHOP } from '../harness/origins.js';

const DEFAULTS = {
  ...{ origin: '', url: '', method: 'GET', headers: {}, credentials: 'same-origin', mode: 'cors' },
  useCorsPreflight: false,
};

describe('A query says of a question', () => {
  test.each<[question: Partial<PageQuestion>, query: string]>([
    [{}, ''],
    // What is so anyway is left out, so that links stay short.
    [{ method: 'GET', credentials: 'same-origin', mode: 'cors', useCorsPreflight: false }, ''],
    [{ origin: SHOP, url: '/books' }, 'origin=https%3A%2F%2Fshop.example.com&url=%2Fbooks'],
    [{ method: 'PUT' }, 'method=PUT'],
    [{ headers: { 'x-a': '', 'x-b': '1' } }, 'header=x-a&header=x-b%3A+1'],
    [{ credentials: 'include' }, 'credentials=include'],
    [{ credentials: 'omit' }, 'credentials=omit'],
    [{ mode: 'no-cors' }, 'mode=no-cors'],
    [{ useCorsPreflight: true }, 'upload=1'],
    [{ reads: ['x-a', 'x-b'] }, 'read=x-a&read=x-b'],
  ])('%j: %s', (question, query) => {
    expect(queryOf(question).toString()).toBe(query);
  });
});

describe('A question is read of', () => {
  test.each<[query: string, question: object]>([
    ['', {}],
    ['origin=https%3A%2F%2Fshop.example.com&url=%2Fbooks', { origin: SHOP, url: '/books' }],
    ['method=PUT', { method: 'PUT' }],
    ['header=x-a', { headers: { 'x-a': '' } }],
    ['header=+x-a+', { headers: { 'x-a': '' } }],
    ['header=+x-a+:+1:2+&header=x-b:3', { headers: { 'x-a': '1:2', 'x-b': '3' } }],
    ['header=:authority', { headers: { '': 'authority' } }],
    ['credentials=include', { credentials: 'include' }],
    ['mode=no-cors', { mode: 'no-cors' }],
    ['upload=1', { useCorsPreflight: true }],
    ['upload=0', {}],
    ['read=x-a&read=x-b', { reads: ['x-a', 'x-b'] }],
  ])('%j', (query, question) => {
    expect(questionOf(new URLSearchParams(query))).toStrictEqual({ ...DEFAULTS, ...question });
  });
});
