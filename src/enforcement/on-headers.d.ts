/** jshttp's package has no types of its own. */
declare module 'on-headers' {
  import type { ServerResponse } from 'node:http';
  import type { Http2ServerResponse } from 'node:http2';

  /** Calls a listener right before the head of a response is written; of several, the last one first. */
  export default function onHeaders<Response extends ServerResponse | Http2ServerResponse>(
    response: Response,
    listener: (this: Response) => void,
  ): void;
}
