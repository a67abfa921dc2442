/** A page of another origin that calls the API. */
export interface VisitingPage {
  readonly name: string;
  readonly origin: string;
}

/** The token of the pages that the API's own page leads to. */
export const VISITING_PAGES = Symbol('VISITING_PAGES');
