import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { FEATURES } from './scenarios.js';

const FOLDER = new URL('./public/', import.meta.url);

/** Everything the page consists of. What is not listed here is not served. */
const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html' },
  '/playground.css': { file: 'built/playground.css', type: 'text/css' },
  '/playground.js': { file: 'built/playground.js', type: 'text/javascript' },
  '/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
  ...Object.fromEntries(
    FEATURES.map(({ chapter: { page } }) => [
      `/docs/${page}.md`,
      { file: `built/docs/${page}.md`, type: 'text/plain' },
    ]),
  ),
};

/** Answers with the page's file of this path; `false` where there is none. Read anew each time: edit and reload. */
export async function serveFile(
  pathname: string,
  response: ServerResponse,
  contentSecurityPolicy: string,
): Promise<boolean> {
  const entry = FILES[pathname];
  if (!entry) return false;
  const content = await readFile(new URL(entry.file, FOLDER));
  response.writeHead(200, {
    'Content-Type': `${entry.type}; charset=utf-8`,
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
  });
  response.end(content);
  return true;
}
