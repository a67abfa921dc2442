import { decodeEscapes } from './escapes.js';
import { pathnameOf } from './pathname.js';

/**
 * The most work that one target may cause, in characters looked at. An ordinary escaped URL takes some hundreds of
 * them; a target of 16 kB, which is the most that Node lets through, is given up at once.
 */
const MOST_CHARACTERS = 50_000;

/** The most readings of one target; ordinary URLs have one to four. */
const MOST_READINGS = 200;

/** A path that all servers read alike: no escape, no `;`, no backslash, no empty and no dot segment. */
const PLAIN = /^(?:\/(?!\.\.?(?:\/|$))[\w\-.~!$&()*+,=:@]+)*\/?$/;

/** What makes `url.parse()` read the whole target anew, and the path differently, wherever it stands. */
const READ_ANEW = /[\t\n\f\r #\u00a0\ufeff]/;

const ABSOLUTE_FORM = /^[a-z][a-z\d+.-]*:[\\/]{2}[^\\/?#]*/i;

/**
 * Every path under which something in the application may serve a request target, the one as written first.
 *
 * One URL is read in many ways: Express matches it as written and Fastify decoded; `express.static` decodes, folds
 * slashes and resolves `..`; `new URL()` takes backslashes for slashes and what follows `//` for a host; middie
 * decodes before the server behind it decodes once more. What is mounted reads only what follows its mount, so that each
 * reading may begin at any segment.
 *
 * Letters stay as they are: whoever compares the readings has to compare them with and without case.
 *
 * @returns `undefined` where there are too many to tell, which only a target made for it has. Any path may then be
 *   meant.
 */
export function readingsOf(target: string): readonly string[] | undefined {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  if (PLAIN.test(path)) return [path === '' ? '/' : path];
  return closureOf(firstReadings(target, path));
}

/** The path before anything in it is interpreted. */
function firstReadings(target: string, path: string): readonly string[] {
  const readings = [path.replace(ABSOLUTE_FORM, '') || '/'];
  // What Express and `express.static` make of it; costly, and the same for most targets.
  if (!target.startsWith('/') || READ_ANEW.test(target)) {
    const parsed = pathnameOf(target);
    if (parsed !== undefined) readings.push(parsed);
  }
  return readings;
}

/** Whatever readers make of the paths, of what other readers made of them, and so on. */
function closureOf(paths: readonly string[]): readonly string[] | undefined {
  const readings = new Set(paths);
  let characters = 0;
  // A set that grows while it is walked shows its new members too.
  for (const path of readings) {
    for (const read of READERS) {
      for (const reading of read(path)) {
        readings.add(reading);
        characters += path.length;
        if (characters > MOST_CHARACTERS || readings.size > MOST_READINGS) return undefined;
      }
    }
  }
  return [...readings];
}

/** What servers of one kind make of a path; nothing where it means nothing special to them. */
type Reader = (path: string) => Iterable<string>;

/** Reads what follows a mount, for each place where one may end; a tail begins with its slash. */
function behindMounts(trigger: RegExp, read: (tail: string) => string): Reader {
  return function* (path) {
    if (!trigger.test(path)) return;
    for (const [start, segment] of segmentsOf(path)) {
      // Anywhere else the outcome is that of the next segment.
      if (trigger.test(segment)) yield path.slice(0, start) + read(path.slice(start));
    }
  };
}

/** Reads the path as a whole, as the outcome is the same wherever the reader begins. */
function throughout(trigger: RegExp, read: (path: string) => string): Reader {
  return function* (path) {
    if (trigger.test(path)) yield read(path);
  };
}

const READERS: readonly Reader[] = [
  behindMounts(/%[\da-f]{2}/i, decodeEscapes),
  behindMounts(/%(?!2f)[\da-f]{2}/i, decodeButSlashes),
  behindMounts(/\\/, (tail) => tail.replaceAll('\\', '/')),
  throughout(/\/\//, (path) => path.replace(/\/{2,}/g, '/')),
  dotsResolved,
  hostsTakenOff,
  // Fastify's `useSemicolonDelimiter`, and matrix parameters.
  throughout(/;/, (path) => path.slice(0, path.indexOf(';'))),
  throughout(/;/, (path) => path.replace(/;[^/]*/g, '')),
  // Whoever decodes before the query is cut off.
  throughout(/[?#]/, (path) => path.slice(0, path.search(/[?#]/))),
  // Fastify without `caseSensitive` knows more letters than an expression that ignores case: the Kelvin sign is a k.
  throughout(/[^\0-\x7f]/, (path) => path.toLowerCase()),
];

/** Dot segments as URLs and file systems resolve them. A mount's own path is never left. */
function* dotsResolved(path: string): Iterable<string> {
  if (!/\/\.\.?(?:\/|$)/.test(path)) return;
  for (const [start, segment] of segmentsOf(path)) {
    yield path.slice(0, start) + resolve(path.slice(start));
    if (segment === '/..') return;
  }
}

/** `//host/path` as `new URL()` reads it. */
function* hostsTakenOff(path: string): Iterable<string> {
  if (!path.includes('//')) return;
  for (const [start, segment] of segmentsOf(path)) {
    if (segment !== '/') continue;
    const rest = path.slice(start).replace(/^\/+[^/]*/, '');
    yield path.slice(0, start) + rest || '/';
  }
}

/** Each segment with the slash before it, and where it begins. */
function* segmentsOf(path: string): Iterable<readonly [start: number, segment: string]> {
  for (let start = 0; start !== -1;) {
    const end = path.indexOf('/', start + 1);
    yield [start, end === -1 ? path.slice(start) : path.slice(start, end)];
    start = end;
  }
}

function resolve(path: string): string {
  const resolved: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '..') resolved.pop();
    if (segment !== '.' && segment !== '..') resolved.push(segment);
    else if (isLast) resolved.push('');
  }
  return `/${resolved.join('/')}`;
}

function decodeButSlashes(text: string): string {
  return text
    .split(/(%2f)/i)
    .map((part, index) => (index % 2 === 1 ? part : decodeEscapes(part)))
    .join('');
}
