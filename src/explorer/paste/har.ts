import { copiedQuestion, type Header } from './copied-request.js';
import type { PastedQuestion } from './paste-reading.js';

/** An entry of a HAR (http://www.softwareishard.com/blog/har-12-spec/), as far as it is looked at. */
interface Entry {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly Header[];
  readonly hasCookies: boolean;
  /** 0 where the page got no answer. */
  readonly status: number;
}

/** A HAR file, or one entry of it; `undefined` where the JSON is neither. */
export function readHar(json: unknown): PastedQuestion | undefined {
  const entries = entriesOf(json).flatMap((entry) => readEntry(entry) ?? []);
  const taken = failed(entries) ?? entries[0];
  if (taken === undefined) return undefined;
  const { url, method, headers, hasCookies } = taken;
  const why =
    failed(entries) === undefined ? 'the first one, as none failed' : 'the first that failed';
  return copiedQuestion({
    from: 'an entry of a HAR',
    url,
    method,
    headers: hasCookies ? [...headers, ['cookie', '']] : headers,
    remarks:
      entries.length === 1
        ? []
        : [`Of ${entries.length} entries, ${why} was taken: number ${entries.indexOf(taken) + 1}.`],
  });
}

/** The first that CORS may have stopped; else the first that had no answer, or a bad one. */
function failed(entries: readonly Entry[]): Entry | undefined {
  const isCross = ({ headers }: Entry) => headers.some(([name]) => name.toLowerCase() === 'origin');
  const unanswered = entries.filter(({ status }) => status === 0);
  return unanswered.find(isCross) ?? unanswered[0] ?? entries.find(({ status }) => status >= 400);
}

function entriesOf(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  const log = field(json, 'log');
  const entries = field(log, 'entries') ?? field(json, 'entries');
  return Array.isArray(entries) ? entries : [json];
}

function readEntry(entry: unknown): Entry | undefined {
  const request = field(entry, 'request');
  const url = field(request, 'url');
  const method = field(request, 'method');
  if (typeof url !== 'string' || typeof method !== 'string') return undefined;
  const headers = field(request, 'headers');
  const cookies = field(request, 'cookies');
  const response = field(entry, 'response');
  const status = field(response, 'status');
  const error = field(response, '_error') ?? field(entry, '_error');
  return {
    url,
    method,
    headers: Array.isArray(headers) ? headers.flatMap((header) => readHeader(header)) : [],
    hasCookies: Array.isArray(cookies) && cookies.length > 0,
    status: typeof status === 'number' && typeof error !== 'string' ? status : 0,
  };
}

function readHeader(header: unknown): Header[] {
  const name = field(header, 'name');
  const value = field(header, 'value');
  return typeof name === 'string' && name !== ''
    ? [[name, typeof value === 'string' ? value : '']]
    : [];
}

/** An own field of what came from a file. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
