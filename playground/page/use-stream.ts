import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface StreamLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: 'event' | 'opened' | 'ended' | 'refused' | 'closed';
  readonly text: string;
}

export interface Stream {
  readonly state: 'closed' | 'opening' | 'open' | 'refused';
  /** The latest first. */
  readonly lines: readonly StreamLine[];
  open(): void;
  close(): void;
}

const LINES_KEPT = 12;

/** An `EventSource`, and what becomes of it. */
export function useStream(url: string): Stream {
  const source = useRef<EventSource | undefined>(undefined);
  const [state, setState] = useState<Stream['state']>('closed');
  const [lines, setLines] = useState<readonly StreamLine[]>([]);
  const note = useCallback((kind: StreamLine['kind'], text: string) => {
    setLines((before) => [{ at: Date.now(), kind, text }, ...before].slice(0, LINES_KEPT));
  }, []);
  const end = () => {
    source.current?.close();
    source.current = undefined;
  };
  useEffect(() => end, [url]);
  const open = () => {
    end();
    setState('opening');
    const stream = new EventSource(url);
    source.current = stream;
    stream.onopen = () => {
      setState('open');
      note('opened', 'The stream is open.');
    };
    stream.onmessage = ({ data }) => {
      note('event', String(data).slice(0, 200));
    };
    stream.onerror = () => {
      if (stream.readyState === EventSource.CONNECTING) {
        setState('opening');
        note('ended', 'The server has ended the stream. The browser tries once more by itself.');
      } else {
        setState('refused');
        note('refused', 'Refused. The page is told nothing but that there was an error.');
      }
    };
  };
  const close = () => {
    end();
    setState('closed');
    note('closed', 'The page has closed the stream.');
  };
  return { state, lines, open, close };
}
