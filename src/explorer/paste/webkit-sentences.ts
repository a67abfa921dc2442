import { naming, originOf, type Said, type Sentence, TOKEN } from './said.js';

const by = 'Safari';

/** One sentence that says always the same. */
function always(begins: string, says: Omit<Said, 'by'>): Sentence {
  return { begins, read: () => ({ by, ...says }) };
}

function readOrigin(text: string): Said | undefined {
  const origin = /^Origin (\S{1,500}) is not allowed by Access-Control-Allow-Origin/.exec(
    text,
  )?.[1];
  if (origin === undefined) return undefined;
  // What is sent after a redirect from one server to another: the page's own is not said.
  return { by, fault: 'origin-not-allowed', mode: 'cors', origin };
}

function readPreflight(text: string): Said {
  const status = /^Preflight response is not successful(?:\.? Status code: (\d{3}))?/.exec(
    text,
  )?.[1];
  const fault = status?.startsWith('3') === true ? 'preflight-redirected' : 'no-ok-status';
  return { by, fault, mode: 'cors', preflight: true };
}

function readRedirection(text: string): Said | undefined {
  const match =
    /^Cross-origin redirection to (\S+) denied by Cross-Origin Resource Sharing policy: /.exec(
      text,
    );
  if (match === null) return undefined;
  const why = text.slice(match[0].length);
  if (why.startsWith('redirection URL ')) return { by, fault: 'redirect-with-user', mode: 'cors' };
  if (why.startsWith('not allowed to follow')) return { by, fault: 'not-http', mode: 'cors' };
  return WEBKIT_SENTENCES.find(({ begins }) => why.startsWith(begins))?.read(why);
}

function readInsecureContent(text: string): Said | undefined {
  const match =
    /^The page at (\S+) (?:requested|was not allowed to (?:run|display)) insecure content from (\S+)\. /.exec(
      text,
    );
  if (match === null) return undefined;
  const origin = originOf(match[1]);
  return {
    by,
    fault: 'mixed-content',
    url: match[2] ?? '',
    ...(origin !== undefined && { origin }),
  };
}

/** Follows the sentence with the reason. */
const cannotLoad = (begins: string): Sentence => ({
  begins,
  read: (text) => {
    const word = /^\S+/.exec(text.slice(begins.length))?.[0] ?? '';
    const url = word.replace(/\.$/, '');
    const isWebKits = word !== url || text.startsWith(' due to', begins.length + word.length);
    return isWebKits ? { by, fault: 'blocked', url } : undefined;
  },
});

/** WebKit, `Source/WebCore/loader/CrossOriginAccessControl.cpp` and `CrossOriginPreflightResultCache.cpp`. */
export const WEBKIT_SENTENCES: readonly Sentence[] = [
  { begins: 'Origin ', read: readOrigin },
  { begins: 'Preflight response is not successful', read: readPreflight },
  { begins: 'Cross-origin redirection to ', read: readRedirection },
  { begins: 'The page at ', read: readInsecureContent },
  always('Cannot use wildcard in Access-Control-Allow-Origin when credentials', {
    ...{ fault: 'wildcard-with-credentials', credentials: 'include', mode: 'cors' },
  }),
  always('Access-Control-Allow-Origin cannot contain more than one origin', {
    ...{ fault: 'several-origins', mode: 'cors' },
  }),
  always('Credentials flag is true, but Access-Control-Allow-Credentials is not', {
    ...{ fault: 'credentials-not-allowed', credentials: 'include', mode: 'cors' },
  }),
  always('Header Access-Control-Allow-Methods has an invalid value', {
    ...{ fault: 'malformed-list', preflight: true, mode: 'cors' },
  }),
  always('Header Access-Control-Allow-Headers has an invalid value', {
    ...{ fault: 'malformed-list', preflight: true, mode: 'cors' },
  }),
  naming(
    'Method ',
    new RegExp(`^Method ${TOKEN} is not allowed by Access-Control-Allow-Methods`),
    'method',
    { by, fault: 'method-not-listed', mode: 'cors' },
  ),
  naming(
    'Request header field ',
    new RegExp(`^Request header field ${TOKEN} is not allowed by Access-Control-Allow-Headers`),
    'header',
    { by, fault: 'header-not-listed', mode: 'cors' },
  ),
  naming('Cancelled load to ', /^Cancelled load to (\S+) because it violates/, 'url', {
    by,
    fault: 'resource-policy',
    mode: 'no-cors',
  }),
  naming('Refused to connect to ', /^Refused to connect to ([^\s']\S*) because it /, 'url', {
    by,
    fault: 'content-security-policy',
  }),
  naming(
    'Not allowed to use restricted network port ',
    /^Not allowed to use restricted network port \d+: (\S+)/,
    'url',
    { by, fault: 'network' },
  ),
  always('Method must be GET, POST or HEAD in no-cors mode', {
    ...{ fault: 'no-cors-method', mode: 'no-cors' },
  }),
  always('Method is forbidden.', { fault: 'forbidden-method' }),
  always('URL is not valid or contains user credentials', { fault: 'user-in-url' }),
  always('Cross origin requests are only supported for HTTP', { fault: 'not-http' }),
  always('FTP URLs are disabled', { fault: 'not-http' }),
  always('Could not connect to ', { fault: 'network' }),
  always('Connection terminated unexpectedly', { fault: 'network' }),
  cannotLoad('Fetch API cannot load '),
  cannotLoad('XMLHttpRequest cannot load '),
  cannotLoad('EventSource cannot load '),
  cannotLoad('Cannot load image '),
  cannotLoad('Cannot load script '),
  cannotLoad('Cannot load stylesheet '),
];
