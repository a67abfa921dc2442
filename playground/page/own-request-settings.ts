import type { SentRequest } from './sent-request.js';

/** Fields of the form, as they are typed. */
export interface OwnRequestFields {
  readonly method: string;
  readonly path: string;
  /** One a line. */
  readonly headers: string;
  readonly credentials: SentRequest['credentials'];
  readonly mode: SentRequest['mode'];
  readonly body: string;
}

const CREDENTIALS = ['omit', 'same-origin', 'include'] as const;
const MODES = ['cors', 'no-cors', 'same-origin'] as const;

export function fieldsOf(settings: URLSearchParams): OwnRequestFields {
  const credentials = settings.get('credentials');
  const mode = settings.get('mode');
  return {
    method: settings.get('method') ?? 'GET',
    path: settings.get('url') ?? '',
    headers: settings.getAll('header').join('\n'),
    credentials: CREDENTIALS.find((each) => each === credentials) ?? 'same-origin',
    mode: MODES.find((each) => each === mode) ?? 'cors',
    body: settings.get('body') ?? '',
  };
}

/** What says nothing of its own is left out, so that links are short. */
export function settingsOf(fields: OwnRequestFields): URLSearchParams {
  const { method, path, headers, credentials, mode, body } = fields;
  const settings = new URLSearchParams({ url: path.trim() });
  if (method.trim() !== 'GET') settings.set('method', method.trim());
  for (const line of headers.split('\n')) {
    if (line.trim() !== '') settings.append('header', line.trim());
  }
  if (credentials !== 'same-origin') settings.set('credentials', credentials);
  if (mode !== 'cors') settings.set('mode', mode);
  if (body !== '') settings.set('body', body);
  return settings;
}

/** The request that the address describes; `undefined` where it describes none. */
export function readOwnRequest(settings: URLSearchParams): SentRequest | undefined {
  if (!settings.has('url')) return undefined;
  const { method, path, headers, credentials, mode, body } = fieldsOf(settings);
  const hasBody = body !== '' && !['GET', 'HEAD'].includes(method.toUpperCase());
  const lines = headers.split('\n').filter((line) => line.trim() !== '');
  return {
    ...{ method, path, credentials, mode, follows: [] },
    headers: Object.fromEntries(lines.map(headerOf)),
    ...(hasBody && { body }),
  };
}

function headerOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return colon < 0
    ? [line.trim(), '']
    : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}
