import { CopyButton } from './copy-button.js';

export interface CodeBlockProps {
  readonly code: string;
  /** What it is, e.g. `the fix`. */
  readonly what: string;
  /** Whether long lines go on in the next one. Default: `false`, they are scrolled. */
  readonly wraps?: boolean;
}

/** Code to be read, and copied with one press. */
export function CodeBlock({ code, what, wraps = false }: CodeBlockProps) {
  return (
    <div class={`code-block${wraps ? ' wraps' : ''}`}>
      {/* Who has no mouse scrolls it by the keys of the arrows. */}
      <pre tabIndex={0} role="region" aria-label={what}>
        <code>{code}</code>
      </pre>
      <CopyButton text={code} what={what} />
    </div>
  );
}
