import { useEffect, useState } from 'preact/hooks';

/** What was asked for: on its way, there, or failed. */
export type Answer<Value> =
  | { readonly state: 'waiting' }
  | { readonly state: 'there'; readonly value: Value }
  | { readonly state: 'failed'; readonly message: string };

/**
 * Asks anew whenever the key changes; what was asked before is no longer waited for.
 *
 * @param key what is asked; `undefined` to ask nothing
 */
export function useAnswer<Value>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<Value>,
): Answer<Value> {
  const [answer, setAnswer] = useState<{ key: string | undefined; answer: Answer<Value> }>({
    key: undefined,
    answer: WAITING,
  });
  useEffect(() => {
    if (key === undefined) return undefined;
    const controller = new AbortController();
    ask(controller.signal).then(
      (value) => {
        setAnswer({ key, answer: { state: 'there', value } });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        setAnswer({ key, answer: { state: 'failed', message } });
      },
    );
    return () => {
      controller.abort();
    };
    // The key stands for all that is asked.
  }, [key]);
  return answer.key === key ? answer.answer : WAITING;
}

const WAITING = { state: 'waiting' } as const;
