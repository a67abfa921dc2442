import { useMemo, useState } from 'preact/hooks';
import type { PastedQuestion } from '../src/explorer/paste/paste-reading.js';
import { Notice } from './components/notice.js';
import { PageOfParts } from './components/page-of-parts.js';
import { placesOf } from './documented-places.js';
import type { ExplorerServer } from './explorer-server.js';
import { usePlace } from './location-state.js';
import { LivePart } from './parts/live-part.js';
import { MatrixPart } from './parts/matrix-part.js';
import { PastePart } from './parts/paste-part.js';
import { RoutesPart } from './parts/routes-part.js';
import { TakeAwayPart } from './parts/take-away-part.js';
import { WhatIfPart } from './parts/what-if-part.js';
import { useAnswer } from './use-answer.js';
import type { PartProps } from './parts/part.js';

const PARTS = [
  { name: 'paste', title: 'Paste', Part: PastePart },
  { name: 'what-if', title: 'What if', Part: WhatIfPart },
  { name: 'routes', title: 'Routes', Part: RoutesPart },
  { name: 'matrix', title: 'Matrix', Part: MatrixPart },
  { name: 'live', title: 'Live', Part: LivePart },
  { name: 'take-away', title: 'Take away', Part: TakeAwayPart },
] as const satisfies readonly {
  name: string;
  title: string;
  Part: (props: PartProps) => unknown;
}[];

/** The explorer of an application: its parts, and the one that the address names. */
export function Explorer({ server }: { readonly server: ExplorerServer }) {
  const { part, settings } = usePlace();
  const current = PARTS.find(({ name }) => name === part) ?? PARTS[0];
  const answer = useAnswer('document', (signal) => server.document(signal));
  const loaded = answer.state === 'there' ? answer.value : undefined;
  const places = useMemo(() => (loaded === undefined ? [] : placesOf(loaded)), [loaded]);
  const [pasted, setPasted] = useState<PastedQuestion>();
  const { Part } = current;
  return (
    <PageOfParts
      heading={
        <>
          CORS explorer <span class="muted mono">{location.host}</span>
        </>
      }
      parts={PARTS}
      current={current.name}
    >
      {answer.state === 'failed' && <Notice tone="bad">{answer.message}</Notice>}
      {answer.state === 'waiting' && <p class="muted">Reading the policies …</p>}
      {loaded && (
        <Part
          key={current.name}
          server={server}
          document={loaded}
          places={places}
          settings={settings}
          pasted={pasted}
          onPaste={setPasted}
        />
      )}
    </PageOfParts>
  );
}
