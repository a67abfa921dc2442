import { CodeBlock } from '../../explorer-page/components/code-block.js';
import { ExplanationView } from '../../explorer-page/components/explanation-view.js';
import { Notice } from '../../explorer-page/components/notice.js';
import { useAnswer } from '../../explorer-page/use-answer.js';
import type { VisitorId } from '../visitors.js';
import { playgroundServer } from './playground-server.js';
import { sourcesOf } from './sample-sources.js';
import { askedOf, type SentRequest } from './sent-request.js';

export interface ExplainedBySourceProps {
  readonly visitor: VisitorId;
  readonly request: SentRequest;
  /** Another one where the answer may be another one. */
  readonly version?: string;
}

/** What a browser does with a request from there, and the bookshop's code that decides. */
export function ExplainedBySource({ visitor, request, version = '' }: ExplainedBySourceProps) {
  const asked = askedOf(request);
  const answer = useAnswer(JSON.stringify([visitor, asked, version]), (signal) =>
    playgroundServer.explanation(visitor, asked, signal),
  );
  if (answer.state === 'waiting') return <p class="muted">Asking the policy …</p>;
  if (answer.state === 'failed') return <Notice tone="bad">{answer.message}</Notice>;
  const { value: explanation } = answer;
  const sources = explanation.rule === undefined ? [] : sourcesOf(explanation.rule);
  return (
    <ExplanationView explanation={explanation}>
      {sources.length > 0 && (
        <section class="stack sources">
          <h3>The code that decides</h3>
          {sources.map(({ file, code }) => (
            <figure key={file + code}>
              <figcaption class="small muted">
                <code>{file}</code>
              </figcaption>
              <CodeBlock code={code} what={`code of ${file}`} />
            </figure>
          ))}
        </section>
      )}
    </ExplanationView>
  );
}
