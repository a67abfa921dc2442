import type { ConfigurationProblem } from '../configuration-error.js';
import {
  defaultPort,
  FILE_ORIGIN,
  isIpAddress,
  isLoopbackHost,
  isSerializedOrigin,
  isWebScheme,
} from './origin.js';

/** A string that allows one origin or a family of origins. */
export interface OriginPattern {
  readonly scheme: string;
  readonly host: string;
  /** Empty for the scheme's default port, `*` for any. */
  readonly port: string;
  /** Whether one or more labels have to stand before `host`. */
  readonly subdomains: boolean;
}

/** The canonical spelling of a pattern. */
export function serializePattern({ scheme, host, port, subdomains }: OriginPattern): string {
  return `${scheme}://${subdomains ? '*.' : ''}${host}${port === '' ? '' : `:${port}`}`;
}

/** Whether the pattern allows one origin only. */
export function isExact(pattern: OriginPattern): boolean {
  return !pattern.subdomains && pattern.port !== '*';
}

/** What {@link FILE_ORIGIN} is as a pattern: a scheme without a host. */
const FILE_PATTERN: OriginPattern = { scheme: 'file', host: '', port: '', subdomains: false };

/** Reads an origin string of the configuration; the hint of a problem gives the corrected spelling. */
export function readOriginPattern(
  text: string,
): { pattern: OriginPattern } | { problem: ConfigurationProblem } {
  const invalid = (message: string, hint: string) => ({
    problem: { code: 'invalid-origin' as const, value: text, message, hint },
  });

  if (text === FILE_ORIGIN) return { pattern: FILE_PATTERN };
  const trimmed = text.trim();
  if (trimmed === '') {
    return invalid(
      'The origin is empty.',
      "Write e.g. 'https://app.example.com', or false for nobody.",
    );
  }
  const ports = /^(.*):\[([\d,*\s]*)\]$/s.exec(trimmed);
  if (ports !== null) {
    const [, base = '', list = ''] = ports;
    const origins = splitList(list).map((port) => quoted(suggestion(`${base}:${port}`) ?? base));
    return invalid(
      'Ports in brackets are not supported.',
      `Write ${origins.length === 1 ? origins.join() : `an array: [${origins.join(', ')}]`}.`,
    );
  }
  if (trimmed.includes(',')) {
    const origins = splitList(trimmed)
      .map((part) => quoted(suggestion(part) ?? part))
      .join(', ');
    return invalid('One string holds one origin.', `Write an array: [${origins}].`);
  }
  if (/^file:/i.test(trimmed)) {
    return invalid(
      'Pages that are opened from a file have no origin of their own.',
      `Browsers send 'null' for them; serve the page over http instead, e.g. from 'http://localhost:*'. For app shells (Electron, WebViews) write '${FILE_ORIGIN}', which they send for every file.`,
    );
  }
  const pattern = interpret(trimmed);
  const impossible = pattern === undefined ? undefined : neverSent(pattern);
  if (impossible !== undefined)
    return invalid(`"${text}" never matches: ${impossible.why}.`, impossible.hint);
  const canonical = suggestion(trimmed);
  if (canonical === undefined) {
    const expression = expressionFor(trimmed);
    if (expression !== undefined) {
      return invalid(
        `"${text}" has a star in a place other than the first label of the host.`,
        `Write the expression ${expression}.`,
      );
    }
    return invalid(
      `"${text}" is not an origin.`,
      "Write scheme, host and, unless it is the default, port: 'https://app.example.com' or 'https://*.example.com'.",
    );
  }
  if (canonical === text && pattern !== undefined) return { pattern };
  const remark = remarkOn(text);
  return invalid(
    `"${text}" is not the form in which browsers send an origin${remark}.`,
    `Write '${canonical}'.`,
  );
}

/** The longest host name and the longest label of one (RFC 1035); a dot at the end does not count. */
const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

/** Why no browser ever sends an origin that a pattern matches, where that is so. */
function neverSent({
  scheme,
  host,
  port,
  subdomains,
}: OriginPattern): { why: string; hint: string } | undefined {
  if (port === '0') {
    return {
      why: 'no page is served from port 0',
      hint: `Name the port, or write '${serializePattern({ scheme, host, port: '*', subdomains })}' for any.`,
    };
  }
  if (!isWebScheme(scheme) || isIpAddress(host)) return undefined;
  const name = host.replace(/\.$/, '');
  if (name.split('.').some((label) => label.length > LONGEST_LABEL)) {
    return {
      why: 'a label of its host is too long',
      hint: `Between two dots, there are at most ${String(LONGEST_LABEL)} characters.`,
    };
  }
  // One label at least has to stand where the star is.
  if (name.length + (subdomains ? 2 : 0) > LONGEST_NAME) {
    return {
      why: 'its host is too long',
      hint: `A host name has at most ${String(LONGEST_NAME)} characters.`,
    };
  }
  return undefined;
}

function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A string as TypeScript has it. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** What stands for the origins that some other text plainly means, as TypeScript; `undefined` where it means none. */
export function meantOrigins(text: string): string | undefined {
  if (NO_PATTERN.test(text.trim())) return quoted(text.trim().toLowerCase());
  // A word alone is a name, whatever a URL parser makes of it.
  if (!/:\/\/|\.|^localhost(?::|$)/i.test(text)) return undefined;
  const read = readOriginPattern(text);
  if ('pattern' in read) return quoted(text);
  return /^Write (?:an array: |the expression )?(\[?['/].*)\.$/.exec(read.problem.hint)?.[1];
}

/** The labels at the end of a host that have to be spelled out: whoever owns a star among them owns a site. */
const SPELLED_OUT = 2;

/** An expression for a pattern with stars inside labels; `undefined` where it would leave a site open. */
function expressionFor(text: string): string | undefined {
  const [, scheme = '', host = '', port = ''] =
    /^(https?):\/\/([a-z0-9*.-]+)(?::(\*|\d+))?\/?$/i.exec(text) ?? [];
  const isPattern = host.includes('*');
  const example = `${scheme}://${host.replaceAll('*', 'a')}:${port.replace('*', '')}`;
  if (!isPattern || !URL.canParse(example)) return undefined;
  const labels = host.toLowerCase().split('.');
  const end = labels.slice(-SPELLED_OUT);
  if (labels.length <= SPELLED_OUT || labels.includes('') || end.join().includes('*'))
    return undefined;
  const isDefault = port === '' || port === defaultPort(scheme.toLowerCase());
  const suffix = port === '*' ? '(?::\\d+)?' : isDefault ? '' : `:${port}`;
  const name = labels.map((label) => label.replace(/\*+/g, '[a-z0-9-]+')).join('\\.');
  return `/^${scheme.toLowerCase()}:\\/\\/${name}${suffix}$/`;
}

/** Rules that are no patterns: the opaque origin, and any. */
const NO_PATTERN = /^(?:null|\*)$/i;

function suggestion(text: string): string | undefined {
  if (NO_PATTERN.test(text)) return text.toLowerCase();
  const pattern = interpret(text);
  return pattern === undefined || neverSent(pattern) !== undefined
    ? undefined
    : serializePattern(pattern);
}

/** What is most likely meant by a string, in canonical form; `undefined` where nothing sensible is. */
function interpret(text: string): OriginPattern | undefined {
  if (NO_PATTERN.test(text)) return undefined;
  const [, given, rest = ''] = SCHEME_AND_REST.exec(withSlashes(text)) ?? [];
  const authority = (rest.split(/[/?#\\]/, 1)[0] ?? '').replace(/^.*@/s, '');
  const [, stars = '', host = '', port = ''] =
    /^(\*\.)?(\[[^\]]*\]|[^:]*)(?::(\*|\d*))?$/s.exec(authority) ?? [];
  const subdomains = stars !== '';
  if (host.includes('*')) return undefined;

  const scheme = (given ?? (isLoopbackHost(host) ? 'http' : 'https')).toLowerCase();
  const anyPort = port === '*';
  const origin = `${scheme}://${host}${port === '' || anyPort ? '' : `:${port}`}`;
  if (!isWebScheme(scheme)) {
    return isSerializedOrigin(origin) ? { scheme, host, port, subdomains } : undefined;
  }
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  // The URL standard lets names have empty labels and commas (some letters are read as one), DNS does not.
  if (/^\.|\.\.|,/.test(url.hostname) || (subdomains && isIpAddress(url.hostname)))
    return undefined;
  return { scheme, host: url.hostname, port: anyPort ? '*' : url.port, subdomains };
}

/** The scheme, if there is one, and what follows it. */
const SCHEME_AND_REST = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)/is;

/** Corrects `https:/host`, `https//host` and `//host`. */
function withSlashes(text: string): string {
  return text.replace(/^(https?)(?::\/?|\/\/)(?=[^/])/i, '$1://').replace(/^\/\//, '');
}

function remarkOn(text: string): string {
  const [, scheme, rest = ''] = SCHEME_AND_REST.exec(text) ?? [];
  if (text !== text.trim()) return ': there are spaces around it';
  if (NO_PATTERN.test(text)) return ': it is lower case';
  if (scheme === undefined) {
    return withSlashes(text) === text
      ? ': the scheme is missing'
      : ': "://" stands between scheme and host';
  }
  if (rest.includes('@')) return ': it holds user information';
  if (rest.indexOf('/') === rest.length - 1) return ': it ends with a slash';
  if (/[/?#\\]/.test(rest)) return ': it has a path';
  const port = defaultPort(scheme.toLowerCase());
  if (port !== '' && rest.endsWith(`:${port}`)) return ': the default port is left out';
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  if (/[^\u0000-\u007f]/.test(rest)) return ': host names are ASCII (punycode)';
  if (text !== text.toLowerCase()) return ': it is lower case';
  return '';
}
