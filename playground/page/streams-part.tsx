import { useState } from 'preact/hooks';
import { Notice } from '../../explorer-page/components/notice.js';
import { useAnswer } from '../../explorer-page/use-answer.js';
import { WithCode } from '../../explorer-page/components/with-code.js';
import type { VisitorId } from '../visitors.js';
import type { PartProps } from './part.js';
import { playgroundServer } from './playground-server.js';
import { type Stream, useStream } from './use-stream.js';

/** Event streams, and a permission that is given and taken away while one is open. */
export function StreamsPart({ setup, here }: PartProps) {
  const { api } = setup;
  return (
    <>
      <h2>Streams and tenants</h2>
      <p>
        A stream outlives the decision that opened it. So <code>nestjs-cors</code> decides again
        when a permission changes: when an origin is revoked, its open streams end.
      </p>
      <Tenants setup={setup} here={here} />
      <div class="streams">
        <StreamCard
          title="The storefront’s stock, for tenants"
          about="Open it while this origin is a tenant’s, then revoke it above."
          url={`${api}/storefront/stock`}
        />
        <StreamCard
          title="The shop’s stock, for the shop and its partners"
          about="`@Cors('live')`: the origins stand in the code. No preflight: an event stream is a simple GET."
          url={`${api}/stock/live`}
        />
      </div>
    </>
  );
}

function Tenants({ setup, here }: Pick<PartProps, 'setup' | 'here'>) {
  const [change, setChange] = useState(0);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const answer = useAnswer(String(change), () => playgroundServer.tenants());
  const [known, setKnown] = useState<readonly string[]>([]);
  const origins = answer.state === 'there' ? answer.value : known;
  const alter = async (id: VisitorId, isTenant: boolean) => {
    setBusy(true);
    try {
      setKnown(
        await (isTenant ? playgroundServer.revokeTenant(id) : playgroundServer.allowTenant(id)),
      );
      setFault(undefined);
      setChange((before) => before + 1);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="stack card" aria-label="Tenants">
      <h3>Whose origins are tenants’</h3>
      <p class="small muted">
        They are rows of a database, and are changed here by the back office: a server with a token.
        No page could do it, this one included; <code>@Cors(false)</code> sees to that.
      </p>
      {answer.state === 'failed' && <Notice tone="bad">{answer.message}</Notice>}
      {fault !== undefined && <Notice tone="bad">{fault}</Notice>}
      {answer.state === 'waiting' && change === 0 ? (
        <p class="muted">Asking the database, which starts when it is first asked …</p>
      ) : (
        <ul class="plain tenants">
          {setup.visitors.map(({ id, name, origin }) => {
            const isTenant = origins.includes(origin);
            return (
              <li key={id} data-tenant={isTenant} data-visitor={id}>
                <span>
                  <strong>{name}</strong> <code>{origin}</code>
                  {id === here.id && <span class="this-page">this page</span>}
                </span>
                <span class={`outcome ${isTenant ? 'tone-good' : 'tone-quiet'}`}>
                  {isTenant ? 'allowed' : 'not allowed'}
                </span>
                <button type="button" disabled={busy} onClick={() => void alter(id, isTenant)}>
                  {isTenant ? 'Revoke' : 'Allow'}
                  <span class="for-readers"> {name}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

const STATES: Readonly<Record<Stream['state'], readonly [word: string, tone: string]>> = {
  closed: ['closed', 'quiet'],
  opening: ['opening', 'warn'],
  open: ['open', 'good'],
  refused: ['refused', 'bad'],
};

interface StreamCardProps {
  readonly title: string;
  readonly about: string;
  readonly url: string;
}

function StreamCard({ title, about, url }: StreamCardProps) {
  const stream = useStream(url);
  const [word, tone] = STATES[stream.state];
  const isOpen = stream.state === 'open' || stream.state === 'opening';
  return (
    <section
      class="stack card stream"
      aria-label={title}
      data-state={stream.state}
      data-path={new URL(url).pathname}
    >
      <h3 class="row">
        {title} <span class={`outcome tone-${tone}`}>{word}</span>
      </h3>
      <p class="small muted">
        <WithCode text={about} />
      </p>
      <p class="row">
        <button
          type="button"
          onClick={() => {
            if (isOpen) stream.close();
            else stream.open();
          }}
        >
          {isOpen ? 'Close' : 'Open'}
          <span class="for-readers"> {title}</span>
        </button>
        <code class="small">new EventSource('{new URL(url).pathname}')</code>
      </p>
      {stream.lines.length > 0 && (
        <ol class="plain stream-lines">
          {stream.lines.map(({ at, kind, text }, index) => (
            <li key={stream.lines.length - index} data-kind={kind}>
              <span class="muted mono small">{new Date(at).toLocaleTimeString('en-GB')}</span>
              <span class={kind === 'event' ? 'mono small' : 'small'}>{text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
