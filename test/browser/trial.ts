import type { AppSpec } from './app-spec.js';
import { startRandomApp } from './application.js';
import { type Account, agree, observe, pageOf, predict, type PageReport } from './comparison.js';
import type { Browser, BrowserPage, Refusal } from './engines/browser.js';
import type { EngineRules } from '../../src/fetch/engine-rules.js';
import type { PageRequest } from '../../src/fetch/request.js';
import type { Place } from './places.js';
import type { RequestSpec } from './random-request.js';
import type { Stage } from './stage.js';

export interface Disagreement {
  readonly request: RequestSpec;
  readonly predicted: Account;
  readonly observed: Account;
  /** The page's own errors, for a person. */
  readonly errors: readonly string[];
}

interface Result {
  readonly disagreements: readonly Disagreement[];
  /** How many of the requests had an answer that pages of other origins could read. */
  readonly readable: number;
}

/** A browser with a page on every origin, and the servers behind them. */
export class Trial {
  readonly #pages = new Map<Place, BrowserPage>();
  #cases = 0;

  constructor(
    private readonly browser: Browser,
    private readonly stage: Stage,
    private readonly rules: EngineRules,
  ) {}

  /**
   * Has the browser send the requests to an application, and tells where it differs from the prediction.
   *
   * @throws CorsConfigurationError where the policies do not make sense
   */
  async run(spec: AppSpec, requests: readonly RequestSpec[]): Promise<Result> {
    const app = await startRandomApp(spec, this.stage.origins);
    try {
      this.stage.play(app);
      return await this.#runOn(spec, requests);
    } finally {
      this.stage.play(undefined);
      await app.close();
    }
  }

  /** Whether a page is to get something of another origin that it can read. */
  async foreseesReading(spec: AppSpec, request: RequestSpec): Promise<boolean> {
    const { origins } = this.stage;
    const pageRequest = this.#pageRequest(request, '');
    return isRead(await predict(spec, request, pageRequest, origins, this.rules));
  }

  async #runOn(spec: AppSpec, requests: readonly RequestSpec[]): Promise<Result> {
    const { origins } = this.stage;
    const cases = requests.map((request) => {
      const caseId = String(++this.#cases);
      return { request, caseId, pageRequest: this.#pageRequest(request, caseId) };
    });
    const disagreements: Disagreement[] = [];
    let readable = 0;
    for (const from of new Set(requests.map((request) => request.from))) {
      const own = cases.filter(({ request }) => request.from === from);
      const { reports, refusals } = await this.#perform(
        pageOf(from),
        from === 'sandbox' ? 'performInSandbox' : 'perform',
        own.map(({ request, pageRequest: { url, ...init } }) => {
          return { url, init, times: request.times };
        }),
      );
      for (const [index, { request, caseId, pageRequest }] of own.entries()) {
        const report = reports[index] ?? [];
        const predicted = await predict(spec, request, pageRequest, origins, this.rules);
        const observed = observe(
          report,
          this.stage.exchangesOf(caseId),
          origins,
          refusals?.filter(({ url }) => new URL(url).searchParams.get('case') === caseId),
        );
        if (isRead(observed)) readable += 1;
        if (agree(predicted, observed)) continue;
        const errors = report.flatMap((one) => ('rejects' in one ? [one.rejects] : []));
        disagreements.push({ request, predicted, observed, errors });
      }
    }
    return { disagreements, readable };
  }

  #pageRequest(request: RequestSpec, caseId: string): PageRequest {
    const { origins } = this.stage;
    const {
      to,
      path,
      redirectsTo,
      method,
      headers,
      body,
      mode,
      credentials,
      redirect,
      referrerPolicy,
    } = request;
    const query = (next: string) => String(new URLSearchParams({ case: caseId, to: next }));
    // Should a handler redirect there as well, the chain ends where nothing is served.
    const target = `${origins[redirectsTo.place]}${redirectsTo.path}?${query(`/nowhere?case=${caseId}`)}`;
    return {
      url: `${origins[to]}${path}?${query(target)}`,
      ...{ method, headers, mode, credentials, redirect },
      ...(referrerPolicy !== undefined && { referrerPolicy }),
      ...(body !== undefined && { body }),
    };
  }

  async #perform(
    place: Place,
    how: 'perform' | 'performInSandbox',
    cases: readonly object[],
  ): Promise<{ reports: readonly PageReport[]; refusals: readonly Refusal[] | undefined }> {
    let page = this.#pages.get(place);
    if (page === undefined) {
      page = await this.browser.newPage();
      await page.goto(this.stage.pageOf(place));
      this.#pages.set(place, page);
    }
    if (how === 'performInSandbox') await page.evaluate('openSandbox().then(() => undefined)');
    await page.watchRefusals();
    const reports = await page.evaluate(`${how}(${JSON.stringify(cases)})`);
    return { reports: reports as readonly PageReport[], refusals: await page.refusals() };
  }
}

function isRead({ page }: Account): boolean {
  return page.some((one) => one !== 'rejects' && one.type === 'cors');
}
