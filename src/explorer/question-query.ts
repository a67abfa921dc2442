import type { PageQuestion } from '../document/explanation/cors-explanation.js';

/** A question, or what is known of it, in the query of a URL: what the page asks its server, and what a deep link holds. */
export function queryOf(question: Partial<PageQuestion>): URLSearchParams {
  const { origin, url, method, headers = {}, credentials, mode, reads = [] } = question;
  const query = new URLSearchParams();
  if (origin !== undefined) query.set('origin', origin);
  if (url !== undefined) query.set('url', url);
  if (method !== undefined && method !== 'GET') query.set('method', method);
  for (const [name, value] of Object.entries(headers)) {
    query.append('header', value === '' ? name : `${name}: ${value}`);
  }
  if (credentials !== undefined && credentials !== 'same-origin') {
    query.set('credentials', credentials);
  }
  if (mode !== undefined && mode !== 'cors') query.set('mode', mode);
  if (question.useCorsPreflight === true) query.set('upload', '1');
  for (const name of reads) query.append('read', name);
  return query;
}

/** The question that a query holds. What is no question is found out by whoever answers it. */
export function questionOf(query: URLSearchParams): PageQuestion {
  const reads = query.getAll('read');
  return {
    origin: query.get('origin') ?? '',
    url: query.get('url') ?? '',
    method: query.get('method') ?? 'GET',
    headers: Object.fromEntries(query.getAll('header').map(headerOf)),
    // Checked by `explainRequest()`, which names the values that there are.
    credentials: (query.get('credentials') ?? 'same-origin') as 'same-origin',
    mode: (query.get('mode') ?? 'cors') as 'cors',
    useCorsPreflight: query.get('upload') === '1',
    ...(reads.length > 0 && { reads }),
  };
}

function headerOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return colon < 0
    ? [line.trim(), '']
    : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}
