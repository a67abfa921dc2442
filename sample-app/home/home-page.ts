import { readFile } from 'node:fs/promises';
import type { VisitingPage } from './visiting-pages.js';

const ABOUT = [
  'The bookshop’s own front end, where customers sign in.',
  'A partner, who places orders with a token.',
  'Any other page of the web.',
];

/** The page, without a script. */
export function homeHtml(pages: readonly VisitingPage[]): string {
  const doors = pages.map(({ name, origin }, index) => door(origin, name, ABOUT[index] ?? origin));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Bookshop API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/home.css" />
  </head>
  <body>
    <main class="stack">
      <h1>The bookshop’s API</h1>
      <p>
        It has nine features, and a CORS policy for each of them: which pages of other origins may
        call it from a browser, and read what it answers. See it from three other origins, all on
        this computer:
      </p>
      <ul class="doors">${doors.join('')}</ul>
      <p>Or see it from here, where the policies are:</p>
      <ul class="doors">${door('/cors', 'CORS explorer', 'Every route, who may call it, and why a request is blocked.')}${door('/catalog', 'GET /catalog', 'An answer of the API, as it is.')}</ul>
      <p class="small muted">
        This page is of the API’s own origin, so nothing of CORS applies to it. Start with the
        stranger.
      </p>
    </main>
  </body>
</html>
`;
}

function door(href: string, name: string, about: string): string {
  return `<li><a href="${escaped(href)}"><strong>${escaped(name)}</strong><span class="small">${escaped(about)}</span></a></li>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** Its style sheet, which `scripts/build-playground.js` makes of the explorer's colors. */
export function homeStyle(): Promise<string> {
  return readFile(new URL('../../playground/public/built/home.css', import.meta.url), 'utf8');
}
