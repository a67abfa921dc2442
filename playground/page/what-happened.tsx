import { HeaderLines } from '../../explorer-page/components/header-lines.js';
import { OutcomeBadge } from '../../explorer-page/components/outcome-badge.js';
import type { Check, Observation, RunResult } from '../run-result.js';
import { observedOutcome } from './cell-outcome.js';

/** What really came of a request: at the page, and at the API. */
export function WhatHappened({ result }: { readonly result: RunResult }) {
  const { observed, log, checks, agree, at } = result;
  return (
    <section class="stack card happened" data-agree={agree} aria-label="What happened">
      <h3 class="row">
        What happened
        <OutcomeBadge outcome={observedOutcome(result)} />
        <span class="small muted">{new Date(at).toLocaleTimeString('en-GB')}</span>
      </h3>
      <div class="exchange">
        <PageSide observed={observed} />
        <div>
          <p class="small muted">What reached the API</p>
          {log.length === 0 ? (
            <p>Nothing.</p>
          ) : (
            log.map(({ method, preflight, status, corsHeaders }, index) => (
              <HeaderLines
                key={index}
                head={`${method}${preflight ? ' (the preflight)' : ''} → ${status ?? 'no answer yet'}`}
                headers={corsHeaders}
              />
            ))
          )}
        </div>
      </div>
      {agree ? (
        <details class="checks">
          <summary class="small muted">As the policy says, in {checks.length} points</summary>
          <Checks checks={checks} />
        </details>
      ) : (
        <div class="checks" role="alert">
          <p class="verdict tone-bad">
            <strong>This is not what the policy says.</strong>
          </p>
          <Checks checks={checks} />
        </div>
      )}
    </section>
  );
}

function PageSide({ observed }: { readonly observed: Observation }) {
  const { sees, status, headers = [], body, error } = observed;
  return (
    <div>
      <p class="small muted">What the page got</p>
      {sees === 'opaque' && <p>An opaque response: no status, no headers, no body.</p>}
      {sees === 'nothing' && (
        <p>
          No answer, only an error: <code>{error}</code>
        </p>
      )}
      {sees === 'readable' && (
        <>
          <HeaderLines
            head={status === undefined ? 'an event' : String(status)}
            headers={Object.fromEntries(headers)}
          />
          {body !== undefined && body !== '' && <code class="body">{body}</code>}
        </>
      )}
    </div>
  );
}

function Checks({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <dl class="checks-list">
      {checks.map(({ what, expected, observed, agree }) => (
        <div key={what} data-agree={agree}>
          <dt>
            <span class={agree ? 'tone-good' : 'tone-bad'} aria-hidden="true">
              {agree ? '✓' : '✗'}
            </span>{' '}
            {what}
          </dt>
          <dd>
            <code>{observed}</code>
            {!agree && (
              <p>
                The policy says: <code>{expected}</code>
              </p>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
