import { useEffect, useState } from 'preact/hooks';

/** Milliseconds for which the button says that it has copied. */
const SAID_FOR = 2_000;

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, e.g. `the fix`, for those who hear the button. */
  readonly what: string;
  /** What the button says. Default: `Copy`. */
  readonly label?: string;
}

/** Puts text on the clipboard, and says whether that worked. */
export function CopyButton({ text, what, label = 'Copy' }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => {
      setState('idle');
    }, SAID_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [state]);
  const copy = () => {
    void write(text).then((done) => {
      setState(done ? 'copied' : 'failed');
    });
  };
  return (
    <button type="button" class="copy" onClick={copy}>
      <span aria-live="polite">
        {state === 'idle' ? label : state === 'copied' ? 'Copied' : 'Select it by hand'}
      </span>
      <span class="for-readers"> {what}</span>
    </button>
  );
}

/** The clipboard is there on trustworthy addresses alone, and a user may refuse it. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
