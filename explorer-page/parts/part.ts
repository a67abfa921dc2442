import type { CorsDocument } from '../../src/document/cors-document.js';
import type { PastedQuestion } from '../../src/explorer/paste/paste-reading.js';
import type { DocumentedPlace } from '../documented-places.js';
import type { ExplorerServer } from '../explorer-server.js';

/** What every part of the page is given. */
export interface PartProps {
  readonly server: ExplorerServer;
  readonly document: CorsDocument;
  readonly places: readonly DocumentedPlace[];
  /** What the address says of the part's fields. */
  readonly settings: URLSearchParams;
  /** What was pasted last, if anything was. */
  readonly pasted: PastedQuestion | undefined;
  readonly onPaste: (pasted: PastedQuestion) => void;
}
