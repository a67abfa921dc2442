import type { CorsStep, CorsStepName } from '../../src/document/explanation/cors-explanation.js';
import { HeaderLines } from './header-lines.js';

const TITLES: Readonly<Record<CorsStepName, string>> = {
  call: 'The page calls fetch()',
  'cors-request': 'Is it a CORS request?',
  'preflight-need': 'Does it need a preflight?',
  preflight: 'The preflight',
  'allow-origin': 'Access-Control-Allow-Origin',
  'allow-credentials': 'Access-Control-Allow-Credentials',
  'ok-status': 'The status of the preflight',
  'allow-methods': 'Access-Control-Allow-Methods',
  'allow-headers': 'Access-Control-Allow-Headers',
  'max-age': 'Access-Control-Max-Age',
  cookies: 'Cookies',
  request: 'The request itself',
  response: 'What the page gets',
  'expose-headers': 'Access-Control-Expose-Headers',
};

/** What a browser does, step by step, up to the one that stops it. */
export function StepList({ steps }: { readonly steps: readonly CorsStep[] }) {
  return (
    <ol class="steps">
      {steps.map((step, index) => (
        <Step key={index} step={step} />
      ))}
    </ol>
  );
}

function Step({ step }: { readonly step: CorsStep }) {
  const { name, passed, sentence, section, sent, received } = step;
  return (
    <li class="step" data-step={name} data-passed={passed}>
      <span class={`step-mark tone-${passed ? 'good' : 'bad'}`} aria-hidden="true">
        {passed ? '✓' : '✗'}
      </span>
      <div class="step-body">
        <div class="step-title">
          <h3>
            {TITLES[name]}
            {!passed && <span class="for-readers"> (stops here)</span>}
          </h3>
          <a href={section} target="_blank" rel="noreferrer">
            Fetch, {fragmentOf(section)}
          </a>
        </div>
        <p>{sentence}</p>
        {(sent !== undefined || received !== undefined) && (
          <div class="exchange">
            {sent && <HeaderLines head={`${sent.method} ${sent.url}`} headers={sent.headers} />}
            {received && (
              <HeaderLines
                head={
                  received.status === null
                    ? 'the status that your application answers'
                    : String(received.status)
                }
                headers={received.headers}
              />
            )}
          </div>
        )}
      </div>
    </li>
  );
}

function fragmentOf(section: string): string {
  return section.slice(section.indexOf('#') + 1).replaceAll('-', ' ');
}
