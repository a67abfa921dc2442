import { useState } from 'preact/hooks';
import type { UnreadablePaste } from '../../src/explorer/paste/paste-reading.js';
import { readPaste } from '../../src/explorer/paste/read-paste.js';
import { queryOf } from '../../src/explorer/question-query.js';
import { CodeBlock } from '../components/code-block.js';
import { Notice } from '../components/notice.js';
import { goTo, hrefOf } from '../location-state.js';
import type { PartProps } from './part.js';

/** What somebody has before them: a red line of the console, or a request of the developer tools. */
export function PastePart({ places, onPaste }: PartProps) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<UnreadablePaste>();
  const explain = (pasted: string) => {
    const reading = readPaste(pasted);
    if (reading.kind === 'unreadable') {
      setProblem(reading);
      return;
    }
    onPaste(reading);
    goTo('what-if', queryOf(reading.question));
  };
  const count = (filter: 'any' | 'asked' | 'nobody') =>
    places.filter(({ openTo }) => openTo === filter).length.toLocaleString('en');
  return (
    <>
      <h2>Why was I blocked?</h2>
      <form
        class="paste stack"
        onSubmit={(event) => {
          event.preventDefault();
          explain(text);
        }}
      >
        <div>
          <label for="paste">
            Paste the red line of the console, or a request that the developer tools copied as
            fetch, as cURL or as HAR
          </label>
          <textarea
            id="paste"
            rows={7}
            spellcheck={false}
            placeholder={EXAMPLE}
            value={text}
            onInput={({ currentTarget }) => {
              setText(currentTarget.value);
              setProblem(undefined);
            }}
          />
        </div>
        <p class="row">
          <button type="submit" class="primary">
            Explain
          </button>
          <a href="#/what-if">Type it instead</a>
        </p>
      </form>
      {problem && (
        <Notice tone="bad">
          <p>{problem.message}</p>
          <p class="small">What can be read looks like this:</p>
          <CodeBlock code={problem.example} what="an example" />
        </Notice>
      )}
      <dl class="ways">
        <dt>Console</dt>
        <dd>the red line that names CORS, of Chromium, Edge, Firefox or Safari</dd>
        <dt>Network</dt>
        <dd>the request that failed: right click, Copy, then as fetch, as cURL or as HAR</dd>
      </dl>
      <p class="muted">
        Here are {places.length.toLocaleString('en')} routes and paths:{' '}
        <a href={hrefOf('routes', new URLSearchParams({ show: 'any' }))}>
          {count('any')} open to any origin
        </a>
        ,{' '}
        <a href={hrefOf('routes', new URLSearchParams({ show: 'asked' }))}>
          {count('asked')} where code is asked
        </a>
        ,{' '}
        <a href={hrefOf('routes', new URLSearchParams({ show: 'nobody' }))}>
          {count('nobody')} closed
        </a>
        .
      </p>
    </>
  );
}

const EXAMPLE =
  "Access to fetch at 'https://api.example.com/books' from origin 'https://shop.example.com' has been blocked by CORS policy: …";
