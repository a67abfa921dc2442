import { render } from 'preact';
import { Notice } from '../../explorer-page/components/notice.js';
import { Playground } from './playground.js';
import { playgroundServer } from './playground-server.js';

const root = document.querySelector('#playground');
if (root !== null) {
  playgroundServer.setup().then(
    (setup) => {
      render(<Playground setup={setup} />, root);
    },
    (error: unknown) => {
      render(<Notice tone="bad">{`The bookshop is not there. ${String(error)}`}</Notice>, root);
    },
  );
}
