/** What the page may load: what its own server sends, and nothing that stands in the page itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What everything of the explorer is sent with. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Vary: 'Accept',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * The page, whose parts are found beside it whatever prefix it has, also one that a proxy takes off.
 *
 * @param path of the URL that the page was asked for by
 */
export function pageHtml(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  const beside = last === '' ? './' : `./${encodeURIComponent(decode(last))}/`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>CORS explorer</title>
    <link rel="icon" href="${beside}icon.svg" />
    <link rel="stylesheet" href="${beside}page.css" />
    <script type="module" src="${beside}page.js"></script>
  </head>
  <body>
    <div id="explorer"><noscript><p>The explorer needs JavaScript.</p></noscript></div>
  </body>
</html>
`;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
