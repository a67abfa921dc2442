import { describe, expect, test } from '@jest/globals';
import { findProgram, type KnownProgram } from './installed-program.js';

const BROWSER: KnownProgram = { name: 'Lynx', variable: 'LYNX_PATH', usualPlaces: [] };

describe('finding a program', () => {
  test('without one the tests are skipped, with a line that says so', () => {
    const lines: string[] = [];
    expect(findProgram(BROWSER, {}, (line) => lines.push(line))).toBeUndefined();
    expect(lines).toEqual(['No Lynx is installed; set LYNX_PATH to one. Its tests are skipped.']);
  });

  test('without what drives it the tests are skipped, too', () => {
    const lines: string[] = [];
    const program = { ...BROWSER, usualPlaces: [process.execPath], needs: ['/nowhere/driver'] };
    expect(findProgram(program, {}, (line) => lines.push(line))).toBeUndefined();
    expect(lines).toEqual([
      'Lynx cannot be driven without /nowhere/driver. Its tests are skipped.',
    ]);
  });

  test('without one CI fails', () => {
    expect(() => findProgram(BROWSER, { CI: 'true' })).toThrow('No Lynx is installed');
  });

  test('the variable names another one', () => {
    expect(findProgram(BROWSER, { LYNX_PATH: process.execPath })).toBe(process.execPath);
    expect(() => findProgram(BROWSER, { LYNX_PATH: '/nowhere/lynx' })).toThrow(
      'LYNX_PATH names /nowhere/lynx, and there is nothing there.',
    );
  });
});
