import { useState } from 'preact/hooks';
import { CodeBlock } from '../components/code-block.js';
import { FilterChips } from '../components/filter-bar.js';
import { Notice } from '../components/notice.js';
import { useAnswer } from '../use-answer.js';
import type { PartProps } from './part.js';

const EDGES = { nginx: 'nginx', haproxy: 'HAProxy', caddy: 'Caddy' } as const;

type Edge = keyof typeof EDGES;

/** What one takes along: the document, the report, configurations for an edge. */
export function TakeAwayPart({ server, places }: PartProps) {
  const report = useAnswer('report', (signal) => server.text('report', signal));
  const [edge, setEdge] = useState<Edge>('nginx');
  const configuration = useAnswer(edge, (signal) => server.text(`edge/${edge}`, signal));
  return (
    <>
      <h2>Take away</h2>
      <section class="stack">
        <h3>The document</h3>
        <p>
          Everything about the policies, as JSON: for reviews, for <code>nestjs-cors diff</code> and{' '}
          <code>nestjs-cors verify</code>.
        </p>
        <p>
          <a class="button" href={server.address('document')} download="cors-document.json">
            Download cors-document.json
          </a>
        </p>
      </section>
      <section class="stack">
        <h3>The report</h3>
        <p>A line for each of the {places.length.toLocaleString('en')} routes and paths.</p>
        {report.state === 'failed' && <Notice tone="bad">{report.message}</Notice>}
        {report.state === 'there' && <CodeBlock code={report.value} what="the report" />}
      </section>
      <section class="stack">
        <h3>A configuration for the edge</h3>
        <p>
          Answers allowed preflights, and passes everything else on to this application, which still
          decides.
        </p>
        <FilterChips<Edge>
          label="Server"
          filters={(Object.keys(EDGES) as Edge[]).map((name) => ({ name, label: EDGES[name] }))}
          active={edge}
          onChoose={setEdge}
        />
        {configuration.state === 'failed' && <Notice tone="bad">{configuration.message}</Notice>}
        {configuration.state === 'there' && (
          <CodeBlock code={configuration.value} what={`the configuration of ${EDGES[edge]}`} />
        )}
      </section>
    </>
  );
}
