import type { ComponentChildren } from 'preact';
import type {
  CorsExplanation,
  CorsFix,
  DecidingRule,
} from '../../src/document/explanation/cors-explanation.js';
import { CodeBlock } from './code-block.js';
import { OUTCOMES } from './outcome-badge.js';
import { StepList } from './step-list.js';

export interface ExplanationViewProps {
  readonly explanation: CorsExplanation;
  /** What is to be seen of the rule that decided, e.g. its code. */
  readonly children?: ComponentChildren;
}

/** An explanation: the answer, what to write, then the steps that lead there. */
export function ExplanationView({ explanation, children }: ExplanationViewProps) {
  const { outcome, allowed, summary, steps, rule, fixes, advice } = explanation;
  const stop = steps.find(({ passed }) => !passed);
  const { mark } = OUTCOMES[outcome];
  const tone = outcome === 'opaque' && allowed ? 'veil' : allowed ? 'good' : 'bad';
  return (
    <div class="stack explanation" data-outcome={outcome}>
      <div class={`verdict tone-${outcome === 'depends' ? 'warn' : tone}`}>
        <strong>
          <span aria-hidden="true">{mark} </span>
          {summary}
        </strong>
        {stop && <p class="because">{stop.sentence}</p>}
      </div>
      {rule && <RuleFacts rule={rule} consoleLine={explanation.console} />}
      {children}
      {fixes.length > 0 && (
        <section class="stack">
          <h3>To change it</h3>
          <ul class="fixes">
            {fixes.map((fix) => (
              <Fix key={fix.code + fix.place} fix={fix} />
            ))}
          </ul>
        </section>
      )}
      {advice.map((each) => (
        <p key={each}>{each}</p>
      ))}
      <section class="stack">
        <h3>What the browser does, step by step</h3>
        <StepList steps={steps} />
      </section>
    </div>
  );
}

interface RuleFactsProps {
  readonly rule: DecidingRule;
  readonly consoleLine: string | undefined;
}

function RuleFacts({ rule, consoleLine }: RuleFactsProps) {
  const { field, value, said, handler, route, entry } = rule;
  return (
    <dl class="facts">
      <dt>Decided by</dt>
      <dd>
        <code>
          {field}: {value}
        </code>
      </dd>
      <dt>Said by</dt>
      <dd>{said === undefined ? 'a built-in default' : <code>{said}</code>}</dd>
      {route !== undefined && (
        <>
          <dt>Route</dt>
          <dd>
            <code>{route}</code>
            {handler !== undefined && <span class="muted"> {handler}</span>}
          </dd>
        </>
      )}
      {entry !== undefined && (
        <>
          <dt>Entry</dt>
          <dd>
            <code>{entry}</code>
          </dd>
        </>
      )}
      {consoleLine !== undefined && (
        <>
          <dt>Console</dt>
          <dd class="small">{consoleLine}</dd>
        </>
      )}
    </dl>
  );
}

function Fix({ fix: { side, code, sentence, place } }: { readonly fix: CorsFix }) {
  return (
    <li>
      <p class="small muted">
        {side === 'page' ? 'In the page' : 'On the server, at'}{' '}
        {side === 'server' && <code>{place}</code>}
      </p>
      <CodeBlock code={code} what={`the change at ${place}`} wraps />
      <p class="small">{sentence}</p>
    </li>
  );
}
