import { expect } from '@jest/globals';
import { readPaste } from '../../../src/explorer/paste/read-paste.js';
import type { EngineName } from '../../browser/engines/engines.js';
import { type FaultCase, type FaultOrigins, urlOf } from './faults.js';
import { startOf } from './fault-page.js';

/** What one engine printed. */
export interface Printed {
  readonly engine: EngineName;
  readonly version: string;
  readonly cases: readonly PrintedCase[];
}

/** What was printed of one request, and the request that the page really made. */
export interface PrintedCase {
  readonly name: string;
  readonly request: {
    readonly origin: string;
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly credentials: string;
    readonly mode: string;
    /** Where it was redirected to. */
    readonly redirectedTo?: string;
  };
  readonly lines: readonly string[];
}

/** Sorts what a console printed from the first page to the last. */
export function printedCases(
  lines: readonly string[],
  faults: readonly FaultCase[],
  origins: FaultOrigins,
): readonly PrintedCase[] {
  return faults.map((fault, index) => {
    const start = lines.findIndex((line) => line.endsWith(startOf(fault.name)));
    const next = faults[index + 1];
    const end = next && lines.findIndex((line) => line.endsWith(startOf(next.name)));
    return {
      name: fault.name,
      request: requestOf(fault, origins),
      lines: lines.slice(start + 1, end),
    };
  });
}

function requestOf(fault: FaultCase, origins: FaultOrigins): PrintedCase['request'] {
  const { method = 'GET', headers = {}, credentials = 'same-origin', mode = 'cors' } = fault;
  const redirectedTo = fault.answer?.(origins).headers?.['Location'];
  return {
    origin: fault.by === 'sandbox' ? 'null' : origins[fault.from ?? 'page'],
    url: urlOf(fault, origins),
    ...{ method, headers, credentials, mode },
    ...(redirectedTo !== undefined && { redirectedTo }),
  };
}

const ENGINES: readonly EngineName[] = ['Chromium', 'Firefox', 'WebKit'];

const TELL_CREDENTIALS = ['wildcard-with-credentials', 'credentials-not-allowed'];

function tellsMethod(text: string, method: string): boolean {
  return [`Method ${method} is`, `'${method}' `, `method ${method}.`].some((told) =>
    text.includes(told),
  );
}

/** Holds what is read of the lines against the request that they are about, as far as they tell it. */
export function expectToRead(
  engine: EngineName,
  { request, lines }: PrintedCase,
  { says }: FaultCase,
): void {
  const text = lines.join('\n');
  const reading = readPaste(text);
  const said = says[ENGINES.indexOf(engine)];
  if (said === 'nothing' || said === 'unreadable') {
    expect({ kind: reading.kind, lines: said === 'nothing' ? lines : [] }).toEqual({
      kind: 'unreadable',
      lines: [],
    });
    return;
  }
  if (reading.kind !== 'question') throw new Error(`${reading.message}\n${text}`);
  const { question, fault, missing } = reading;
  const { origin, url, method, credentials, mode, headers = {}, useCorsPreflight } = question;
  const names = Object.keys(request.headers).map((name) => name.toLowerCase());
  // Only Chromium names the URL that the page asked for, where another one was refused.
  const urls = [request.url, ...(engine === 'Chromium' ? [] : [request.redirectedTo ?? []].flat())];
  const told = text.replaceAll(/^\S+: CONSOLE /gm, '');
  const tellsOrigin = [
    "origin '",
    'Origin ',
    'request origin ',
    'page at ',
    "page at '",
    'Content at ',
  ].some((before) => told.includes(before + request.origin));
  const tellsNull = engine === 'WebKit' && request.origin === 'null';
  expect({
    fault,
    ...{
      origin,
      url: url === undefined || urls.includes(url) ? url : `not ${url}`,
      method,
      credentials,
      mode,
    },
    headers: Object.keys(headers).filter((name) => !names.includes(name)),
    namesHeader: Object.keys(headers).length === 1,
    missing: missing.includes('origin'),
    needsPreflight: useCorsPreflight === true && names.length === 0 && request.method === 'GET',
  }).toEqual({
    fault: said,
    origin: tellsOrigin && !tellsNull ? request.origin : undefined,
    url: urls.some((one) => told.includes(one)) ? (url ?? 'the URL that is told') : undefined,
    method: tellsMethod(told, request.method) ? request.method : undefined,
    credentials: TELL_CREDENTIALS.includes(said ?? '') ? 'include' : undefined,
    mode: mode === undefined ? undefined : request.mode,
    headers: [],
    namesHeader: said === 'header-not-listed',
    missing: !(tellsOrigin && !tellsNull),
    needsPreflight: false,
  });
}
