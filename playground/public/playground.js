import {
  carriesOrigin,
  listOf,
  needsPreflight,
  normalizeMethod,
  predict,
  preflightOf,
  readableHeaders,
} from './fetch-model.js';
import { FEATURES } from './scenarios.js';

/** How long to wait for an answer, or for the first event of a stream. */
const PATIENCE_MS = 10_000;
const BODY_SHOWN = 160;

const setup = await getJson('/setup').catch((error) => {
  document.getElementById('summary-text').textContent =
    `The bookshop does not answer. ${error.message}`;
  throw error;
});
const here = setup.visitors.find(({ id }) => id === setup.here);

/** What earlier answers told the page and later requests need: the CSRF token, once it could be read. */
const memory = {};

// ---- One scenario, from the question to the verdict ---------------------------------------------------------

/** The request that a scenario describes, with every default filled in. */
function requestOf({ headers = {}, ...scenario }) {
  return {
    method: scenario.method ?? 'GET',
    path: scenario.path,
    headers: typeof headers === 'function' ? headers(memory) : headers,
    body: scenario.body,
    credentials: scenario.credentials ?? 'omit',
    mode: scenario.mode ?? 'cors',
  };
}

/** Asks the library about the requests that the browser is going to send, and predicts what comes of it. */
async function expectationOf(scenario, request) {
  const asked = needsPreflight(request);
  const cookies = request.credentials === 'include';
  const question = (path) => ({
    method: normalizeMethod(request.method),
    url: path,
    headers: request.headers,
    cookies,
    origin: carriesOrigin(request),
  });
  const questions = [request.path, ...(scenario.follows ?? [])].map(question);
  if (asked) {
    const { path, ...preflight } = preflightOf(request);
    questions.unshift({ ...preflight, url: path, cookies: false, origin: true });
  }
  const response = await fetch('/decisions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(questions),
  });
  if (!response.ok) throw new Error(`The policy could not be asked: ${await response.text()}`);
  const decisions = await response.json();
  const preflight = asked ? decisions.shift() : undefined;
  return {
    ...predict(request, here.origin, preflight, decisions),
    preflightDecision: preflight,
    answers: decisions,
  };
}

/** Sends the request for real. What comes back is only what the browser lets this page have. */
async function send(scenario, request, probe) {
  const url = new URL(request.path, setup.api);
  url.searchParams.set('probe', probe);
  if (scenario.via === 'EventSource') return listen(url);

  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const { method, headers, body, credentials, mode } = request;
    const response = await fetch(url, {
      method,
      headers,
      body,
      credentials,
      mode,
      cache: 'no-store',
      signal: abort.signal,
    });
    if (response.type === 'opaque') return { sees: 'opaque' };
    const text = scenario.stream ? await firstEvent(response) : await response.text();
    remember(text);
    return {
      sees: 'readable',
      status: response.status,
      redirected: response.redirected,
      headers: [...response.headers],
      body: text,
    };
  } catch (error) {
    return { sees: 'nothing', error: `${error.name}: ${error.message}` };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function listen(url) {
  return new Promise((resolve) => {
    const source = new EventSource(url);
    const end = (result) => {
      clearTimeout(timer);
      source.close();
      resolve(result);
    };
    const timer = setTimeout(() => end({ sees: 'nothing', error: 'no event' }), PATIENCE_MS);
    source.onmessage = ({ data }) => end({ sees: 'readable', body: data });
    source.onerror = () => end({ sees: 'nothing', error: 'an error event, without a reason' });
  });
}

async function firstEvent(response) {
  if (!response.ok || !response.body) return response.text();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!/data: .*\n/.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  return text.trim();
}

function remember(text) {
  try {
    const { csrfToken } = JSON.parse(text);
    if (typeof csrfToken === 'string') memory.csrfToken = csrfToken;
  } catch {
    // Most answers are no accounts, and some are no JSON.
  }
}

/** Every point on which policy and browser can differ, with what was expected and what was observed. */
function checksOf(scenario, request, expected, observed, log) {
  const preflights = log.filter(({ preflight }) => preflight);
  const [arrived] = log.filter(({ preflight }) => !preflight);
  const checks = [
    check(
      'Preflight',
      expected.preflight ? 'sent' : 'not needed',
      preflights.length > 0 ? 'sent' : 'not needed',
    ),
    check(
      'Request at the API',
      expected.arrives ? 'arrived' : 'never sent',
      arrived ? 'arrived' : 'never sent',
    ),
    check('The page got', expected.sees, observed.sees),
  ];
  if (expected.preflightDecision) {
    const { status, headers } = expected.preflightDecision;
    const asked = preflights[0];
    if (status !== undefined) checks.push(check('Status of the preflight', status, asked?.status));
    checks.push(checkHeaders('Headers of the preflight', headers, asked));
  }
  if (expected.arrives) {
    checks.push(checkHeaders('Headers of the answer', expected.answers[0].headers, arrived));
  }
  // What the app answers is not the policy's to say; some scenarios know it, the others are checked when refused.
  const status = expected.refusedWith ?? scenario.status;
  if (expected.arrives && status !== undefined) {
    checks.push(check('Status at the API', status, arrived?.status));
  }
  // A redirect's second request has no probe in its URL, so there is nothing to compare its answer with.
  if (expected.sees === 'readable' && observed.status !== undefined && !observed.redirected) {
    checks.push(check('Status in the page', arrived?.status, observed.status));
    const readable = readableHeaders(arrived?.answerHeaders ?? [], request, expected.decidedBy);
    const seen = observed.headers.map(([name]) => name).sort();
    checks.push(check('Readable headers', withoutLength(readable), withoutLength(seen)));
  }
  return checks;
}

/** Those about CORS are the policy's alone; to `Vary` others may add. */
function checkHeaders(what, decided, logged) {
  const sent = logged?.corsHeaders ?? {};
  const lines = (headers) =>
    Object.entries(headers)
      .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
      .filter((line) => line.startsWith('access-control-'))
      .sort();
  const varies = (headers) =>
    listOf(headers, 'vary')
      .map((name) => name.toLowerCase())
      .filter((name) => listOf(decided, 'vary').some((own) => own.toLowerCase() === name))
      .map((name) => `vary: ${name}`)
      .sort();
  const text = (headers) => [...lines(headers), ...varies(headers)].join('\n') || 'none';
  return check(what, text(decided), text(sent));
}

/** Node adds `Content-Length` itself where nobody set it, after the log has looked. */
function withoutLength(names) {
  return names.filter((name) => name !== 'content-length').join(', ') || 'none';
}

function check(what, expected, observed) {
  return { what, expected, observed: observed ?? 'nothing', agree: expected === observed };
}

async function runScenario(scenario) {
  const request = requestOf(scenario);
  const probe = crypto.randomUUID();
  const expected = await expectationOf(scenario, request);
  const observed = await send(scenario, request, probe);
  const log = await getJson(`/requests?probe=${probe}`);
  const checks = checksOf(scenario, request, expected, observed, log);
  return { request, expected, observed, log, checks, agree: checks.every(({ agree }) => agree) };
}

async function getJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
  return response.json();
}

// ---- The page ----------------------------------------------------------------------------------------------

const byId = (id) => document.getElementById(id);

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

const ABOUT_VISITORS = {
  shop: 'the bookshop’s own pages',
  partner: 'a page on a partner’s domain',
  stranger: 'any other page of the web',
};

const SEES = {
  readable: 'Readable',
  opaque: 'Opaque',
  nothing: 'Nothing',
};

const preflightMark = (text) =>
  h('span', { class: text === 'Not needed' ? 'quiet' : 'mark' }, text);

const outcome = (sees) =>
  h('span', { class: 'outcome', 'data-sees': sees }, icon(sees), SEES[sees]);

function showVisitors() {
  document.documentElement.dataset.visitor = here.id;
  document.title = `${here.name} · CORS playground`;
  byId('here').textContent = here.origin;
  byId('api').textContent = setup.api;
  byId('visitors').append(
    ...setup.visitors.map(({ id, name, origin }) => {
      const { hostname, port } = new URL(origin);
      return h(
        'li',
        {},
        h(
          'a',
          { href: origin, 'data-visitor': id, 'aria-current': id === here.id ? 'page' : undefined },
          h('strong', {}, name),
          h('span', { class: 'origin' }, h('span', { class: 'host' }, hostname), `:${port}`),
          h('span', { class: 'about' }, ABOUT_VISITORS[id]),
        ),
      );
    }),
  );
}

function showRoutes() {
  const list = (names) => (names === '*' ? '*' : names.join(', ') || '–');
  byId('routes').append(
    ...setup.routes.map((route) => {
      const nobody = route.origin.every((rule) => rule === 'nobody');
      return h(
        'tr',
        {},
        h('th', { scope: 'row' }, h('code', {}, `${route.method} ${route.path}`)),
        h('td', {}, nobody ? 'nobody' : h('code', {}, route.origin.join(', '))),
        h('td', {}, nobody ? '–' : route.credentials ? 'yes' : 'no'),
        h('td', {}, nobody ? '–' : list(route.methods)),
        h('td', {}, nobody ? '–' : list(route.exposedHeaders)),
        h('td', {}, route.enforce ? 'yes' : 'no'),
      );
    }),
  );
}

/** The rows of one scenario: the line in the table, and the exchange that unfolds below it. */
class ScenarioRow {
  constructor(scenario) {
    this.scenario = scenario;
    const request = requestOf(scenario);
    const detailsId = `details-${scenario.id}`;

    this.runButton = h(
      'button',
      { type: 'button', class: 'run', 'aria-label': `Run: ${scenario.title}` },
      icon('play'),
      'Run',
    );
    this.runButton.addEventListener('click', () => void run([this]));
    this.moreButton = h(
      'button',
      {
        type: 'button',
        class: 'more',
        'aria-expanded': 'false',
        'aria-controls': detailsId,
        'aria-label': `Details: ${scenario.title}`,
      },
      'Details',
      icon('more'),
    );
    this.moreButton.addEventListener('click', () => this.unfold(this.details.hidden));

    const cell = (name, label, ...children) =>
      h('td', { role: 'cell', class: name, 'data-label': label }, ...children);
    this.preflight = cell('preflight', 'Preflight');
    this.policy = cell('policy', 'The policy says');
    this.got = cell('got', 'The page got');
    this.verdict = h('span', { class: 'verdict-text' }, '–');
    this.line = h(
      'tr',
      { role: 'row', class: 'scenario', 'data-scenario': scenario.id, 'data-state': 'idle' },
      h(
        'th',
        { role: 'rowheader', scope: 'row' },
        h('span', { class: 'title' }, scenario.title),
        h('span', { class: 'why' }, scenario.why),
      ),
      cell('sent', 'Sent', ...describeRequest(scenario, request)),
      this.preflight,
      this.policy,
      this.got,
      cell(
        'verdict',
        'Verdict',
        this.verdict,
        h('span', { class: 'actions' }, this.runButton, this.moreButton),
      ),
    );
    this.exchange = h('td', { role: 'cell', colspan: '6' });
    this.details = h(
      'tr',
      { role: 'row', class: 'details', id: detailsId, hidden: '' },
      this.exchange,
    );
    this.showExpectation(undefined);
  }

  get rows() {
    return [this.line, this.details];
  }

  unfold(open) {
    this.details.hidden = !open;
    this.moreButton.setAttribute('aria-expanded', String(open));
  }

  /** What is known before anything was sent. */
  async preview() {
    const request = requestOf(this.scenario);
    this.showExpectation(await expectationOf(this.scenario, request), request);
  }

  showExpectation(expected, request = requestOf(this.scenario)) {
    const asked = needsPreflight(request);
    this.preflight.replaceChildren(preflightMark(asked ? 'Needed' : 'Not needed'));
    this.got.replaceChildren(h('span', { class: 'quiet' }, 'not run yet'));
    if (!expected) {
      this.policy.replaceChildren(h('span', { class: 'quiet' }, '…'));
      this.exchange.replaceChildren(h('p', { class: 'quiet' }, 'Run it to see the exchange.'));
      return;
    }
    this.policy.replaceChildren(
      outcome(expected.sees),
      h('span', { class: 'note' }, shortly(expected)),
    );
    this.exchange.replaceChildren(...describeExchange(this.scenario, request, expected));
  }

  async run() {
    this.line.dataset.state = 'running';
    delete this.line.dataset.agree;
    this.verdict.replaceChildren('running…');
    try {
      this.result = await runScenario(this.scenario);
    } catch (error) {
      this.result = undefined;
      this.line.dataset.state = 'failed';
      this.line.dataset.agree = 'false';
      this.verdict.replaceChildren(icon('disagree'), 'Could not run');
      this.got.replaceChildren(h('span', { class: 'note' }, error.message));
      return;
    }
    this.showResult(this.result);
  }

  showResult({ request, expected, observed, log, checks, agree }) {
    this.showExpectation(expected, request);
    const preflight = log.find((entry) => entry.preflight);
    this.preflight.replaceChildren(
      preflightMark(preflight ? 'Sent' : expected.preflight ? 'Not sent' : 'Not needed'),
      ...(preflight ? [h('span', { class: 'note' }, `answered ${preflight.status}`)] : []),
    );
    this.got.replaceChildren(...describeObserved(observed, log));
    this.line.dataset.state = 'done';
    this.line.dataset.agree = String(agree);
    this.verdict.replaceChildren(
      icon(agree ? 'agree' : 'disagree'),
      agree ? 'Agrees' : 'Disagrees',
    );
    this.exchange.replaceChildren(
      ...describeExchange(this.scenario, request, expected, observed, log, checks),
    );
    if (!agree) this.unfold(true);
  }
}

function describeRequest(scenario, request) {
  const chips = Object.entries(request.headers)
    .filter(() => scenario.via !== 'EventSource')
    .map(([name, value]) => h('li', { title: `${name}: ${value}` }, name));
  if (request.credentials === 'include') chips.push(h('li', { class: 'cookies' }, 'with cookies'));
  if (request.mode === 'no-cors') chips.push(h('li', {}, 'no-cors'));
  if (scenario.via) chips.push(h('li', {}, scenario.via));
  return [
    h('code', { class: 'request-line' }, h('b', {}, request.method), ' ', breakable(request.path)),
    chips.length > 0 && h('ul', { class: 'chips', 'aria-label': 'Headers and options' }, ...chips),
  ];
}

/** A path may be broken after each slash. */
function breakable(path) {
  const fragment = document.createDocumentFragment();
  for (const part of path.split(/(?<=\/)/)) fragment.append(part, h('wbr'));
  return fragment;
}

function shortly({ sees, arrives, refusedWith, preflightDecision, decidedBy, reason }) {
  if (!arrives) {
    return preflightDecision?.status > 299
      ? `refused with ${preflightDecision.status} at the preflight`
      : reason;
  }
  if (refusedWith !== undefined) return `refused with ${refusedWith} by the guard`;
  if (sees !== 'readable') return reason;
  const exposed = decidedBy.headers['Access-Control-Expose-Headers'];
  return exposed ? `allowed, exposes ${exposed.toLowerCase()}` : 'allowed, exposes no header';
}

function describeObserved(observed, log) {
  const arrived = log.find(({ preflight }) => !preflight);
  const atTheApi = arrived
    ? `the API answered ${arrived.status ?? 'nothing yet'}`
    : 'the API never saw it';
  if (observed.sees !== 'readable') {
    return [outcome(observed.sees), h('span', { class: 'note' }, atTheApi)];
  }
  const { status, headers = [], body } = observed;
  const names = headers.map(([name]) => name).join(', ');
  return [
    outcome('readable'),
    h(
      'span',
      { class: 'note' },
      status === undefined ? 'its first event' : h('b', {}, `status ${status}`),
      names && ` · ${names}`,
    ),
    body && h('code', { class: 'body' }, shorten(body)),
  ];
}

function shorten(text) {
  const line = text.replace(/\s+/g, ' ');
  return line.length > BODY_SHOWN ? `${line.slice(0, BODY_SHOWN)}…` : line;
}

function describeExchange(scenario, request, expected, observed, log = [], checks = []) {
  const { preflightDecision, answers } = expected;
  const arrived = log.find(({ preflight }) => !preflight);
  const steps = [];
  if (preflightDecision) {
    const { method, path, headers } = preflightOf(request);
    steps.push(
      step(
        '1. Preflight',
        `${method} ${path}`,
        { origin: here.origin, ...headers },
        `${preflightDecision.status ?? ''}`,
        preflightDecision.headers,
      ),
    );
  }
  const sent = { ...(carriesOrigin(request) && { origin: here.origin }), ...request.headers };
  if (arrived?.cookie) sent['cookie'] = '(kept from scripts)';
  steps.push(
    expected.arrives
      ? step(
          preflightDecision ? '2. Request' : 'Request',
          `${request.method} ${request.path}`,
          sent,
          `${expected.refusedWith ?? arrived?.status ?? 'the app’s status'}`,
          answers[0].headers,
        )
      : h('section', { class: 'step' }, h('h3', {}, '2. Request'), h('p', {}, 'Never sent.')),
  );
  return [
    h(
      'p',
      { class: 'message' },
      h('strong', {}, 'The library: '),
      expected.decidedBy.message,
      ' ',
      h('span', { class: 'quiet' }, `In the browser: ${expected.reason}.`),
    ),
    h('div', { class: 'steps' }, ...steps, observed && describePage(observed)),
    checks.length > 0 &&
      h(
        'table',
        { class: 'checks' },
        h('caption', {}, 'Point by point'),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...['', 'As the policy says', 'In this browser', ''].map((text) =>
              text ? h('th', { scope: 'col' }, text) : h('td'),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          ...checks.map(({ what, expected: should, observed: is, agree }) =>
            h(
              'tr',
              { 'data-agree': String(agree) },
              h('th', { scope: 'row' }, what),
              h('td', {}, String(should)),
              h('td', {}, String(is)),
              h(
                'td',
                {},
                icon(agree ? 'agree' : 'disagree'),
                h('span', { class: 'word' }, agree ? 'agrees' : 'disagrees'),
              ),
            ),
          ),
        ),
      ),
  ].filter(Boolean);
}

function step(title, line, sent, status, answered) {
  return h(
    'section',
    { class: 'step' },
    h('h3', {}, title),
    h('code', { class: 'wire' }, h('b', {}, line), ...headerLines(sent)),
    h('h4', {}, 'CORS headers of the answer'),
    h('code', { class: 'wire' }, h('b', {}, status), ...headerLines(answered)),
  );
}

function headerLines(headers) {
  return Object.entries(headers).map(([name, value]) =>
    h('span', {}, h('i', {}, `${name.toLowerCase()}:`), ` ${[value].flat().join(', ')}`),
  );
}

function describePage({ sees, status, headers = [], body, error }) {
  return h(
    'section',
    { class: 'step' },
    h('h3', {}, 'What the page got'),
    sees === 'readable'
      ? h(
          'code',
          { class: 'wire' },
          h('b', {}, String(status ?? 'an event')),
          ...headerLines(Object.fromEntries(headers)),
          body && h('span', { class: 'payload' }, shorten(body)),
        )
      : h(
          'p',
          {},
          sees === 'opaque' ? 'An opaque response: no status, no headers, no body.' : error,
        ),
  );
}

// ---- Running -----------------------------------------------------------------------------------------------

const rows = [];
let running = false;

/** Runs one after the other: later scenarios build on the session that the first of the account opens. */
async function run(selection) {
  if (running) return;
  running = true;
  byId('run-all').disabled = true;
  // Spares screen readers the counting; they hear the sum at the end.
  byId('summary-text').setAttribute('aria-busy', 'true');
  for (const [index, row] of selection.entries()) {
    if (selection.length > 1) summarize(`Running ${index + 1} of ${selection.length}…`);
    await row.run();
  }
  running = false;
  byId('run-all').disabled = false;
  byId('summary-text').removeAttribute('aria-busy');
  summarize();
}

function summarize(text) {
  const done = rows.filter(({ line }) => line.dataset.agree !== undefined);
  const agreeing = done.filter(({ line }) => line.dataset.agree === 'true');
  const off = done.length - agreeing.length;
  byId('progress').max = rows.length;
  byId('progress').value = done.length;
  byId('summary').dataset.state =
    done.length === 0
      ? 'idle'
      : off > 0
        ? 'disagree'
        : done.length === rows.length
          ? 'agree'
          : 'some';
  byId('summary-text').textContent =
    text ??
    (done.length === 0
      ? `${rows.length} scenarios, none run yet`
      : `${agreeing.length} of ${done.length} as the policy says` +
        (off > 0
          ? `, ${off} not`
          : done.length < rows.length
            ? `; ${rows.length - done.length} to run`
            : ''));
  byId('only-disagreements').hidden = off === 0;
  if (off === 0) showOnlyDisagreements(false);
}

function showOnlyDisagreements(only) {
  byId('only-disagreements').setAttribute('aria-pressed', String(only));
  byId('scenarios').classList.toggle('only-disagreements', only);
}

function showScenarios() {
  for (const { feature, policy, scenarios } of FEATURES) {
    const own = scenarios.map((scenario) => new ScenarioRow(scenario));
    rows.push(...own);
    byId('scenarios').append(
      h(
        'tbody',
        { role: 'rowgroup' },
        h(
          'tr',
          { role: 'row', class: 'feature' },
          h(
            'th',
            { role: 'rowheader', scope: 'rowgroup', colspan: '6' },
            h('span', { class: 'name' }, feature),
            h('span', { class: 'note' }, policy),
          ),
        ),
        ...own.flatMap((row) => row.rows),
      ),
    );
  }
}

showVisitors();
showRoutes();
showScenarios();
byId('run-all').addEventListener('click', () => void run(rows));
byId('only-disagreements').addEventListener('click', ({ currentTarget }) =>
  showOnlyDisagreements(currentTarget.getAttribute('aria-pressed') !== 'true'),
);

await Promise.all(rows.map((row) => row.preview()));
summarize();
byId('run-all').disabled = false;

/** For the console, and for tests. */
window.playground = {
  /** Runs every scenario and answers what came of it. */
  async runAll() {
    await run(rows);
    return rows.map(({ scenario, line, result }) => ({
      id: scenario.id,
      agree: line.dataset.agree === 'true',
      preflight: result?.expected.preflight,
      sees: result?.observed.sees,
      status: result?.observed.status,
      headers: Object.fromEntries(result?.observed.headers ?? []),
      disagreements: result?.checks.filter(({ agree }) => !agree),
    }));
  },
};
