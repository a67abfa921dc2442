import { readConsole, readForeignLine } from './console-lines.js';
import { readCurl } from './curl-command.js';
import { readFetchCall } from './fetch-call.js';
import { readHar } from './har.js';
import type { PasteReading, UnreadablePaste } from './paste-reading.js';

/** Characters of a HAR, and of anything else, that are read. */
const LONGEST_HAR = 10_000_000;
const LONGEST_TEXT = 1_000_000;

const EXAMPLES = {
  console:
    "Access to fetch at 'https://api.example.com/books' from origin 'https://shop.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
  fetch:
    'fetch("https://api.example.com/books", { "method": "PUT", "headers": { "x-trace-id": "1" }, "referrer": "https://shop.example.com/", "mode": "cors", "credentials": "include" });',
  curl: "curl 'https://api.example.com/books' -X 'PUT' -H 'Origin: https://shop.example.com' -H 'x-trace-id: 1'",
} as const;

/**
 * Reads what somebody copied from a browser, and makes of it a question for `explainRequest()`: lines of the console of
 * Chromium, Firefox and Safari, a request copied as `fetch()`, as cURL (bash or cmd) or as HAR, and a whole HAR of up to
 * 10 million characters. Nothing of it is run, and the values of headers that may be secrets are left out.
 *
 * It never throws. All text in what it returns is foreign, but for `from`, `remarks` and `message`, and has to be shown as
 * text; remarks may quote URLs and names.
 */
export function readPaste(text: string): PasteReading {
  if (text.length > LONGEST_HAR) {
    return unreadable(
      `The text has ${text.length} characters, and at most ${LONGEST_HAR} can be read: copy the one request that failed instead of everything.`,
      EXAMPLES.fetch,
    );
  }
  const trimmed = text.trim();
  if (trimmed === '') {
    return unreadable(
      'Paste the line of the console that is red, or a request that was copied.',
      EXAMPLES.console,
    );
  }
  if (/^[[{]/.test(trimmed)) {
    const har = readJson(trimmed);
    if (har !== undefined) return har;
  }
  if (text.length > LONGEST_TEXT) {
    return unreadable(
      `The text has ${text.length} characters: copy the line that is red, or the one request that failed.`,
      EXAMPLES.console,
    );
  }
  return readText(trimmed);
}

function readText(text: string): PasteReading {
  if (/^curl(?:\.exe)?\s/i.test(text)) {
    return (
      readCurl(text) ??
      unreadable('The curl command names no URL of http: or https:.', EXAMPLES.curl)
    );
  }
  if (/^(?:\$session\b|Invoke-(?:WebRequest|RestMethod)\b|iwr\b)/i.test(text)) {
    return unreadable(
      'PowerShell is not read here: choose “Copy as cURL” or “Copy as fetch” instead.',
      EXAMPLES.curl,
    );
  }
  const said = readConsole(text);
  if (said !== undefined) return said;
  const call = readFetchCall(text);
  if (call !== undefined) return call;
  if (/\bfetch\s{0,20}\(/.test(text)) {
    return unreadable(
      'The URL of the call of fetch() is not written out: replace the variable by what it holds.',
      EXAMPLES.fetch,
    );
  }
  if (isBareRejection(text)) {
    return unreadable(
      'This line says only that a promise was rejected, which scripts are told of every failure: copy the red line beside it, which says why.',
      EXAMPLES.console,
    );
  }
  return (
    readForeignLine(text) ??
    unreadable(
      'Nothing that is known stands in the text: paste an error of the browser’s console, or a request copied from its network panel as fetch, cURL or HAR.',
      EXAMPLES.console,
    )
  );
}

/** What scripts see: "an opaque type error, whatever the reason". */
function isBareRejection(text: string): boolean {
  return /Failed to fetch|NetworkError when attempting|Load failed|NetworkError: +A network error|Network Error/.test(
    text.slice(0, 20_000),
  );
}

function readJson(text: string): PasteReading | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
  return (
    readHar(json) ??
    unreadable(
      'The JSON is no HAR: choose “Copy all as HAR” in the network panel, or copy the request as fetch or cURL.',
      EXAMPLES.fetch,
    )
  );
}

function unreadable(message: string, example: string): UnreadablePaste {
  return { kind: 'unreadable', message, example };
}
