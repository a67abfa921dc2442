import { useState } from 'preact/hooks';
import type { PageQuestion } from '../../src/document/explanation/cors-explanation.js';
import { HeaderLines } from '../components/header-lines.js';
import { Notice } from '../components/notice.js';
import type { ExplorerServer } from '../explorer-server.js';
import { type RealRequest, reasonNotToSend, sendIt } from '../real-request.js';

export interface SendItProps {
  readonly server: ExplorerServer;
  readonly question: PageQuestion;
}

type State =
  | { readonly name: 'idle' | 'sending' }
  | { readonly name: 'sent'; readonly real: RealRequest }
  | { readonly name: 'failed'; readonly message: string };

/** The real request from this page, and where what comes differs from what the application says. */
export function SendIt({ server, question }: SendItProps) {
  const [state, setState] = useState<State>({ name: 'idle' });
  const reason = reasonNotToSend(question);
  const send = async () => {
    setState({ name: 'sending' });
    try {
      const predicted = await server.explanation({ ...question, origin: location.origin });
      setState({ name: 'sent', real: await sendIt(question, predicted) });
    } catch (error) {
      setState({ name: 'failed', message: String(error) });
    }
  };
  return (
    <section class="stack send-it">
      <h3>Send it</h3>
      {reason !== undefined ? (
        <p class="small muted">It cannot be sent from here. {reason}</p>
      ) : (
        <>
          <p class="row">
            <button type="button" disabled={state.name === 'sending'} onClick={() => void send()}>
              Send it from this page
            </button>
            <span class="small muted">
              This page is of {location.origin}, the application's own origin: no preflight, and
              CORS does not apply. It shows whether something in between changes the headers.
            </span>
          </p>
          {state.name === 'failed' && (
            <Notice tone="bad">Nothing came back: {state.message}</Notice>
          )}
          {state.name === 'sent' && <Sent real={state.real} />}
        </>
      )}
    </section>
  );
}

function Sent({ real: { status, headers, differences } }: { readonly real: RealRequest }) {
  return (
    <>
      {differences.length === 0 ? (
        <Notice tone="good">What came has the CORS headers that the application says.</Notice>
      ) : (
        <Notice tone="bad">
          <ul class="plain">
            {differences.map((difference) => (
              <li key={difference}>{difference}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div class="card">
        <HeaderLines head={String(status)} headers={headers} />
      </div>
    </>
  );
}
