import { useEffect, useState } from 'preact/hooks';
import type { LiveDecision } from '../../src/explorer/live-decision.js';
import { queryOf } from '../../src/explorer/question-query.js';
import { FilterChips } from '../components/filter-bar.js';
import { Notice } from '../components/notice.js';
import { hrefOf, keep } from '../location-state.js';
import type { PartProps } from './part.js';

/** As many are kept; older ones go. */
const KEPT = 200;

interface Seen extends LiveDecision {
  readonly number: number;
}

type Shown = 'all' | 'refused';

/** Decisions as they happen, each one click from its explanation. */
export function LivePart({ server, settings }: PartProps) {
  const [seen, setSeen] = useState<readonly Seen[]>([]);
  const [left, setLeft] = useState(0);
  const [isConnected, setConnected] = useState<boolean>();
  const [isPaused, setPaused] = useState(false);
  const [shown, setShown] = useState<Shown>(settings.get('show') === 'refused' ? 'refused' : 'all');
  useEffect(() => {
    if (isPaused) return undefined;
    let number = 0;
    const source = new EventSource(server.address('live'));
    source.onopen = () => {
      setConnected(true);
    };
    source.onerror = () => {
      setConnected(false);
    };
    source.addEventListener('decision', ({ data }: MessageEvent<string>) => {
      const decision = JSON.parse(data) as LiveDecision;
      number += 1;
      const next = { ...decision, number: decision.at * 1_000 + (number % 1_000) };
      setSeen((before) => [next, ...before.slice(0, KEPT - 1)]);
    });
    source.addEventListener('left', ({ data }: MessageEvent<string>) => {
      const { count } = JSON.parse(data) as { readonly count: number };
      setLeft((before) => before + count);
    });
    return () => {
      source.close();
    };
  }, [isPaused]);
  const refused = seen.filter(({ allowed }) => !allowed);
  const list = shown === 'refused' ? refused : seen;
  return (
    <>
      <h2>What is decided right now</h2>
      <div class="row">
        <FilterChips<Shown>
          label="Decisions"
          filters={[
            { name: 'all', label: 'All', count: seen.length },
            { name: 'refused', label: 'Refused', count: refused.length },
          ]}
          active={shown}
          onChoose={(name) => {
            setShown(name);
            keep('live', new URLSearchParams(name === 'refused' ? { show: 'refused' } : {}));
          }}
        />
        <button
          type="button"
          aria-pressed={isPaused}
          onClick={() => {
            setPaused(!isPaused);
          }}
        >
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        <button
          type="button"
          onClick={() => {
            setSeen([]);
            setLeft(0);
          }}
        >
          Clear
        </button>
        <span class="small muted" data-live={isPaused ? 'paused' : String(isConnected)}>
          {isPaused ? 'Paused.' : isConnected === true ? 'Listening.' : 'Connecting …'}
        </span>
      </div>
      {left > 0 && (
        <p class="small muted" data-left={left}>
          {left.toLocaleString('en')} more were decided than can be shown: at most 20 a second are.
        </p>
      )}
      {isConnected === false && !isPaused && (
        <Notice tone="warn">
          The application does not answer. The page tries again by itself.
        </Notice>
      )}
      {list.length === 0 ? (
        <p class="muted">
          Nothing yet. What pages of other origins ask for shows up here, and whatever is refused.
        </p>
      ) : (
        <ol class="decisions" aria-label="Decisions, the latest first">
          {list.map((each) => (
            <Decision key={each.number} decision={each} />
          ))}
        </ol>
      )}
    </>
  );
}

function Decision({ decision }: { readonly decision: LiveDecision }) {
  const { at, kind, allowed, reason, method, url, origin, handler, message, question } = decision;
  return (
    <li class="decision" data-allowed={allowed}>
      <span class="muted mono small">{new Date(at).toLocaleTimeString('en-GB')}</span>
      <span class={`outcome tone-${allowed ? 'good' : 'bad'}`}>
        <span aria-hidden="true">{allowed ? '✓' : '✗'}</span>
        {allowed ? 'allowed' : (reason ?? 'refused')}
      </span>
      <span class="what">
        {kind === 'preflight' && <span class="muted small">preflight for </span>}
        <span class="method">{method}</span> <code>{url}</code>
        {handler !== undefined && <span class="muted small"> {handler}</span>}
      </span>
      <code class="from">{origin ?? 'no origin'}</code>
      {question !== undefined && (
        <a class="explain" href={hrefOf('what-if', queryOf(question))}>
          Explain<span class="for-readers"> {`${method} ${url}`}</span>
        </a>
      )}
      {!allowed && <span class="message small">{message}</span>}
    </li>
  );
}
