import { curlLine } from '../../src/deployment/curl-line.js';
import type { CorsExplanation } from '../../src/document/explanation/cors-explanation.js';
import { CodeBlock } from '../components/code-block.js';
import { CopyButton } from '../components/copy-button.js';

/** The same question for others: a link, and the requests that the browser sends, for a terminal. */
export function TakeQuestion({ explanation }: { readonly explanation: CorsExplanation }) {
  const lines = explanation.steps
    .flatMap(({ sent }) => sent ?? [])
    .map((sent) => curlLine({ request: sent, url: new URL(sent.url, location.origin).href }));
  return (
    <section class="stack">
      <h3>Take it along</h3>
      <p class="row">
        <CopyButton text={location.href} what="a link to this question" label="Copy link" />
        <span class="small muted">opens exactly this question</span>
      </p>
      {lines.length > 0 && (
        <>
          <p class="small muted">
            What the browser sends, for a terminal. The last one does what it says.
          </p>
          <CodeBlock code={lines.join('\n')} what="the requests for a terminal" />
        </>
      )}
    </section>
  );
}
