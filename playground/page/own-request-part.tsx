import { useEffect, useRef, useState } from 'preact/hooks';
import { Notice } from '../../explorer-page/components/notice.js';
import { OutcomeBadge } from '../../explorer-page/components/outcome-badge.js';
import { CopyButton } from '../../explorer-page/components/copy-button.js';
import { goTo, hrefOf } from '../../explorer-page/location-state.js';
import { useAnswer } from '../../explorer-page/use-answer.js';
import type { RunResult } from '../run-result.js';
import { isVisitorId } from '../visitors.js';
import { predictedOutcome } from './cell-outcome.js';
import { ExplainedBySource } from './explained-by-source.js';
import { OwnRequestForm } from './own-request-form.js';
import { readOwnRequest } from './own-request-settings.js';
import type { PartProps } from './part.js';
import { playgroundServer } from './playground-server.js';
import { curlCode, fetchCode } from './request-code.js';
import { runRequest } from './run-request.js';
import { askedOf, type SentRequest } from './sent-request.js';
import { WhatHappened } from './what-happened.js';

/** A request of one's own: predicted for each origin, explained, and sent from this one. */
export function OwnRequestPart({ setup, here, settings }: PartProps) {
  const request = readOwnRequest(settings);
  return (
    <>
      <h2>Your own request to the bookshop</h2>
      <div class="what-if">
        <OwnRequestForm
          key={settings.toString()}
          settings={settings}
          onAsk={(asked) => {
            goTo('own', asked);
          }}
        />
        <section class="stack answer" aria-label="The answer">
          {request === undefined ? (
            <p class="muted">
              Write a request. You see what happens to it from each origin, step by step, before it
              is sent; then send it from this page, and compare.
            </p>
          ) : (
            <OwnAnswer key={settings.toString()} {...{ setup, here, settings, request }} />
          )}
        </section>
      </div>
    </>
  );
}

interface OwnAnswerProps extends Pick<PartProps, 'setup' | 'here' | 'settings'> {
  readonly request: SentRequest;
}

type Sending =
  | { readonly state: 'idle' | 'sending' }
  | { readonly state: 'sent'; readonly result: RunResult }
  | { readonly state: 'failed'; readonly message: string };

function OwnAnswer({ setup, here, settings, request }: OwnAnswerProps) {
  const [sending, setSending] = useState<Sending>({ state: 'idle' });
  const chosen = settings.get('from');
  const from = isVisitorId(chosen) ? chosen : here.id;
  const asked = askedOf(request);
  const predictions = useAnswer(JSON.stringify(asked), () => playgroundServer.predictions([asked]));
  const send = async () => {
    setSending({ state: 'sending' });
    try {
      setSending({ state: 'sent', result: await runRequest(setup.api, here.id, request) });
    } catch (error) {
      setSending({
        state: 'failed',
        message: error instanceof Error ? error.message : String(error),
      });
    }
  };
  const top = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the answer is below the form that was just sent.
    if (matchMedia('(max-width: 60rem)').matches) top.current?.scrollIntoView({ block: 'start' });
  }, []);
  if (predictions.state === 'failed') return <Notice tone="bad">{predictions.message}</Notice>;
  const predicted = predictions.state === 'there' ? predictions.value[0] : undefined;
  return (
    <>
      <nav class="perspectives" aria-label="Seen from" ref={top}>
        {setup.visitors.map(({ id, name }) => (
          <a
            key={id}
            href={hrefOf('own', withSetting(settings, 'from', id))}
            aria-current={id === from ? 'true' : undefined}
            data-look="predicted"
          >
            <span>{name}</span>
            {predicted && <OutcomeBadge outcome={predictedOutcome(predicted[id], asked)} />}
          </a>
        ))}
      </nav>
      <div class="row">
        <button
          type="button"
          class="primary"
          id="send"
          disabled={sending.state === 'sending'}
          onClick={() => void send()}
        >
          Send it from this page
        </button>
        <CopyButton text={fetchCode(setup.api, request)} what="the request" label="Copy as fetch" />
        <CopyButton
          text={curlCode(setup.api, here.origin, request)}
          what="the request"
          label="Copy as cURL"
        />
        <CopyButton text={location.href} what="to this request" label="Copy link" />
      </div>
      {sending.state === 'failed' && <Notice tone="bad">{sending.message}</Notice>}
      {sending.state === 'sent' && <WhatHappened result={sending.result} />}
      <ExplainedBySource visitor={from} request={request} version={sending.state} />
    </>
  );
}

function withSetting(settings: URLSearchParams, name: string, value: string): URLSearchParams {
  const changed = new URLSearchParams(settings);
  changed.set(name, value);
  return changed;
}
