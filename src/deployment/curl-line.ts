import type { Exchange } from './deployed-server.js';

/** A line for a POSIX shell that sends a request again and shows the head of its answer. */
export function curlLine({
  request,
  url,
}: {
  readonly request: Pick<Exchange['request'], 'method' | 'headers'>;
  readonly url: string;
}): string {
  const { method, headers } = request;
  const how = method === 'GET' ? '-i' : method === 'HEAD' ? '-I' : `-i -X ${quoted(method)}`;
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  // Without it curl removes dots from the path, and reads brackets and braces as lists of URLs.
  const asItIs = [
    ...(/\/\.{1,2}(?:\/|$|\?)/.test(url) ? ['--path-as-is'] : []),
    ...(/[[\]{}]/.test(url) ? ['-g'] : []),
  ];
  return ['curl', '-sS', how, ...asItIs, ...lines, quoted(url)].join(' ');
}

function quoted(text: string): string {
  return /^[\w\-./:]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
