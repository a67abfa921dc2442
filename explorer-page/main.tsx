import { render } from 'preact';
import { Explorer } from './explorer.js';
import { ExplorerServer } from './explorer-server.js';

const root = document.querySelector('#explorer');
if (root !== null) {
  // What belongs to the page is found beside this script, whatever prefix it has.
  render(<Explorer server={new ExplorerServer(new URL('.', import.meta.url))} />, root);
}
