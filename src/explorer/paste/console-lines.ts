import { isSerializedOrigin, OPAQUE_ORIGIN } from '../../protocol/origin/origin.js';
import type { PageQuestion } from '../../document/explanation/cors-explanation.js';
import { CHROMIUM_SENTENCES, readNetworkError } from './chromium-sentences.js';
import { faultRemarks } from './fault-remarks.js';
import { FIREFOX_SENTENCES } from './firefox-sentences.js';
import { missingFields, missingRemark } from './missing-fields.js';
import type { PastedQuestion } from './paste-reading.js';
import { originOf, type Said, type Sentence } from './said.js';
import { WEBKIT_SENTENCES } from './webkit-sentences.js';

/** Longer than any line that says something, and the most beginnings of a sentence that are looked at. */
const LONGEST_LINE = 20_000;
const MOST_BEGINNINGS = 500;

const SENTENCES: readonly Sentence[] = [
  ...CHROMIUM_SENTENCES,
  ...FIREFOX_SENTENCES,
  ...WEBKIT_SENTENCES,
];
const NETWORK_ERROR = 'net::ERR_';
const BEGINNINGS = [...new Set([...SENTENCES.map(({ begins }) => begins), NETWORK_ERROR])].map(
  (begins) => begins.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
);

/**
 * Reads what was copied from a console. The first sentence about CORS counts. What stands around it (icons, files and
 * lines, counts) is passed over, and line breaks are nothing but blanks, as windows wrap lines.
 */
export function readConsole(pasted: string): PastedQuestion | undefined {
  const said = sentencesIn(plain(pasted));
  const first = said.find(({ fault }) => fault !== 'blocked' && fault !== 'network') ?? said[0];
  if (first === undefined) return undefined;
  const all = completed(first, said);
  const question = questionOf(all);
  const missing = missingFields(question);
  return {
    kind: 'question',
    question,
    from: `a line of ${all.by}’s console`,
    fault: all.fault,
    missing,
    remarks: [...faultRemarks(all), ...missingRemark('The line', missing)],
  };
}

/** White space and control characters are one blank, and quotes plain ones. */
function plain(text: string): string {
  return text
    .replace(/[\u200b\ufeff]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"');
}

function sentencesIn(text: string): readonly Said[] {
  const said: Said[] = [];
  const beginning = new RegExp(BEGINNINGS.join('|'), 'g');
  for (let tried = 0; tried < MOST_BEGINNINGS; tried += 1) {
    const match = beginning.exec(text);
    if (match === null) break;
    const one = readAt(text, match.index);
    if (one !== undefined) said.push(one);
  }
  return said;
}

function readAt(text: string, index: number): Said | undefined {
  const rest = text.slice(index, index + LONGEST_LINE);
  if (rest.startsWith(NETWORK_ERROR)) {
    const before = text.slice(Math.max(0, index - LONGEST_LINE), index).trimEnd();
    return readNetworkError(lastWords(before, 6), rest.slice(NETWORK_ERROR.length, 80));
  }
  for (const { begins, read } of SENTENCES) {
    const said = rest.startsWith(begins) ? read(rest) : undefined;
    if (said !== undefined) return said;
  }
  return undefined;
}

function lastWords(text: string, count: number): readonly string[] {
  let start = text.length;
  for (let word = 0; word < count && start > 0; word += 1) start = text.lastIndexOf(' ', start - 1);
  return text.slice(Math.max(0, start)).trimStart().split(' ');
}

/** What lines beside the first one add: those that only name the URL of the same request, or its method. */
function completed(first: Said, said: readonly Said[]): Said {
  let all = first;
  for (const { by, fault, url, method } of said) {
    const names = url !== undefined && (fault === 'blocked' || fault === 'network');
    if (by !== all.by || !names) continue;
    if (all.url !== undefined && url !== all.url && url !== all.redirectedFrom) continue;
    all = { url, ...(method !== undefined && { method }), ...all };
  }
  return all;
}

function questionOf(said: Said): Partial<PageQuestion> {
  const { origin, redirectedFrom, url, method, header, credentials, mode } = said;
  // Safari names the origin that was sent, which a redirect between two servers makes `null`.
  const isPageOrigin =
    origin !== undefined &&
    isSerializedOrigin(origin) &&
    !(said.by === 'Safari' && origin === OPAQUE_ORIGIN);
  const asked = redirectedFrom ?? url;
  return {
    ...(isPageOrigin && { origin }),
    ...(asked !== undefined && { url: asked }),
    ...(method !== undefined && { method }),
    ...(header !== undefined && { headers: { [header.toLowerCase()]: '' } }),
    ...(credentials !== undefined && { credentials }),
    ...(mode !== undefined && { mode }),
    ...(said.preflight === true && method === undefined && { useCorsPreflight: true }),
  };
}

/** A line in another language, or of another browser: only its first URL can be read. */
export function readForeignLine(pasted: string): PastedQuestion | undefined {
  const text = plain(pasted.slice(0, LONGEST_LINE));
  if (!/CORS|Access-Control-|Cross-Origin/i.test(text)) return undefined;
  const named = /https?:\/\/[^\s'"<>()]{1,4000}/i.exec(text)?.[0].replace(/[.,;:]$/, '');
  if (named === undefined || originOf(named) === undefined) return undefined;
  const question = { url: named, mode: 'cors' } as const;
  const missing = missingFields(question);
  return {
    kind: 'question',
    question,
    from: 'a line in words that are not known here',
    fault: 'blocked',
    missing,
    remarks: [
      'Nothing but the first URL of the text was taken; why it was refused could not be read.',
      ...missingRemark('The text', missing),
    ],
  };
}
