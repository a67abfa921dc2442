import type { PageQuestion } from '../../document/explanation/cors-explanation.js';

/** What somebody pasted, read: a question for `explainRequest()`, as far as the text tells it, or why there is none. */
export type PasteReading = PastedQuestion | UnreadablePaste;

export interface PastedQuestion {
  readonly kind: 'question';
  /** What the text tells, and nothing else. */
  readonly question: Partial<PageQuestion>;
  /** What the text was taken for, e.g. `a line of Firefox’s console`. */
  readonly from: string;
  /** What the browser says of it; absent for a request that was copied. */
  readonly fault?: PastedFault;
  /** What the text does not tell, so that the form has to ask for it. */
  readonly missing: readonly QuestionField[];
  /** For a person, a sentence each. */
  readonly remarks: readonly string[];
}

export interface UnreadablePaste {
  readonly kind: 'unreadable';
  /** One sentence, what to do instead included. */
  readonly message: string;
  /** Text that can be read. */
  readonly example: string;
}

export const QUESTION_FIELDS = [
  'origin',
  'url',
  'method',
  'headers',
  'credentials',
  'mode',
] as const;

export type QuestionField = (typeof QUESTION_FIELDS)[number];

/**
 * What a browser says is wrong.
 *
 * `origin-not-allowed`: WebKit does not say whether `Access-Control-Allow-Origin` was missing or named another origin.
 * `blocked`: that it was refused, and no more.
 */
export type PastedFault =
  | 'no-allow-origin'
  | 'other-origin'
  | 'origin-not-allowed'
  | 'several-origins'
  | 'wildcard-with-credentials'
  | 'credentials-not-allowed'
  | 'no-ok-status'
  | 'preflight-redirected'
  | 'method-not-listed'
  | 'header-not-listed'
  | 'malformed-list'
  | 'redirect-with-user'
  | 'same-origin-mode'
  | 'no-cors-method'
  | 'forbidden-method'
  | 'not-http'
  | 'user-in-url'
  | 'network'
  | 'local-network'
  | 'mixed-content'
  | 'resource-policy'
  | 'content-security-policy'
  | 'blocked';
