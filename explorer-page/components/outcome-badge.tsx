/** What becomes of a page's request. */
export type Outcome =
  | 'readable'
  | 'readable-with-cookies'
  | 'refused-at-preflight'
  | 'refused-at-request'
  | 'not-sent'
  | 'opaque'
  | 'refused'
  | 'depends'
  | 'unknown';

interface OutcomeLook {
  readonly mark: string;
  /** Fits a cell. */
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'warn' | 'veil' | 'quiet';
  /** A sentence for a legend. */
  readonly meaning: string;
}

export const OUTCOMES: Readonly<Record<Outcome, OutcomeLook>> = {
  readable: {
    mark: '✓',
    word: 'readable',
    tone: 'good',
    meaning: 'The page gets the answer, without cookies.',
  },
  'readable-with-cookies': {
    mark: '✓',
    word: 'with cookies',
    tone: 'warn',
    meaning: 'The page gets the answer, and acts as the user who is signed in.',
  },
  'refused-at-preflight': {
    mark: '✗',
    word: 'preflight',
    tone: 'bad',
    meaning: 'The browser asks first, and is told no. The request is never sent.',
  },
  'refused-at-request': {
    mark: '✗',
    word: 'request',
    tone: 'bad',
    meaning: 'The request itself is refused.',
  },
  'not-sent': {
    mark: '✗',
    word: 'not sent',
    tone: 'bad',
    meaning: 'The browser sends nothing: a page of https: may not call a server of http:.',
  },
  opaque: {
    mark: '◌',
    word: 'opaque',
    tone: 'veil',
    meaning: 'The server is asked, and the page sees nothing of the answer.',
  },
  refused: { mark: '✗', word: 'refused', tone: 'bad', meaning: 'The page gets no answer.' },
  depends: {
    mark: '?',
    word: 'depends',
    tone: 'warn',
    meaning: 'It depends on functions or resolvers.',
  },
  unknown: {
    mark: '?',
    word: 'cannot tell',
    tone: 'quiet',
    meaning: 'Nobody can tell: no example of the URL, or a rule that failed.',
  },
};

export interface OutcomeBadgeProps {
  readonly outcome: Outcome;
  /** Where it leads, e.g. to its explanation. */
  readonly href?: string;
  /** What is read out before the word, e.g. route and origin. */
  readonly about?: string;
}

/** An outcome as it is seen at a glance: a mark, a word, a color. */
export function OutcomeBadge({ outcome, href, about }: OutcomeBadgeProps) {
  const { mark, word, tone, meaning } = OUTCOMES[outcome];
  const content = (
    <>
      <span aria-hidden="true">{mark}</span>
      {about !== undefined && <span class="for-readers">{about}: </span>}
      {word}
    </>
  );
  const look = { class: `outcome tone-${tone}`, title: meaning, 'data-outcome': outcome };
  return href === undefined ? (
    <span {...look}>{content}</span>
  ) : (
    <a href={href} {...look}>
      {content}
    </a>
  );
}

/** What the marks mean. */
export function OutcomeLegend({ outcomes }: { readonly outcomes: readonly Outcome[] }) {
  return (
    <ul class="legend" aria-label="What the cells mean">
      {outcomes.map((outcome) => (
        <li key={outcome}>
          <OutcomeBadge outcome={outcome} /> <span class="muted">{OUTCOMES[outcome].meaning}</span>
        </li>
      ))}
    </ul>
  );
}
