import { useEffect, useRef } from 'preact/hooks';
import type { PageQuestion } from '../../src/document/explanation/cors-explanation.js';
import { queryOf, questionOf } from '../../src/explorer/question-query.js';
import { ExplanationView } from '../components/explanation-view.js';
import { Notice } from '../components/notice.js';
import { goTo } from '../location-state.js';
import { useAnswer } from '../use-answer.js';
import type { PartProps } from './part.js';
import { PastedNote } from './pasted-note.js';
import { QuestionForm } from './question-form.js';
import { SendIt } from './send-it.js';
import { TakeQuestion } from './take-question.js';

/** Origin, method, URL and headers: what a browser does with that, why, and what would change it. */
export function WhatIfPart({ server, places, settings, pasted }: PartProps) {
  const isAsked = settings.has('url') && settings.has('origin');
  const question = isAsked ? onThisServer(questionOf(settings)) : undefined;
  const key = isAsked ? settings.toString() : undefined;
  const answer = useAnswer(key, (signal) =>
    question === undefined
      ? Promise.reject(new Error('Nothing is asked.'))
      : server.explanation(question, signal),
  );
  const result = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the answer is below the form that was just sent.
    if (answer.state !== 'waiting' && matchMedia('(max-width: 60rem)').matches) {
      result.current?.scrollIntoView({ block: 'start' });
    }
  }, [answer.state]);
  return (
    <>
      <h2>What if a page sends this?</h2>
      {pasted && queryOf(pasted.question).toString() === settings.toString() && (
        <PastedNote pasted={pasted} />
      )}
      <div class="what-if">
        <QuestionForm
          key={settings.toString()}
          settings={settings}
          places={places}
          onAsk={(asked) => {
            goTo('what-if', asked);
          }}
        />
        <section class="stack answer" ref={result} aria-label="The answer" aria-live="polite">
          {question === undefined ? (
            <p class="muted">
              Say which page asks for what. You get the steps of its browser, the rule that decides,
              and the line that changes it. Nothing is sent.
            </p>
          ) : answer.state === 'waiting' ? (
            <p class="muted">Asking the application …</p>
          ) : answer.state === 'failed' ? (
            <Notice tone="bad">{answer.message}</Notice>
          ) : (
            <>
              <ExplanationView explanation={answer.value} />
              <SendIt key={key} server={server} question={question} />
              <TakeQuestion explanation={answer.value} />
            </>
          )}
        </section>
      </div>
    </>
  );
}

/** A path alone is one of the application that the explorer is in. */
function onThisServer(question: PageQuestion): PageQuestion {
  const { url } = question;
  return url.startsWith('/') && !/^\/[/\\]/.test(url)
    ? { ...question, url: location.origin + url }
    : question;
}
