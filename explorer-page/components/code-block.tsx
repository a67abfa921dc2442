import { CopyButton } from './copy-button.js';

export interface CodeBlockProps {
  readonly code: string;
  /** What it is, e.g. `the fix`. */
  readonly what: string;
}

/** Code to be read, and copied with one press. */
export function CodeBlock({ code, what }: CodeBlockProps) {
  return (
    <div class="code-block">
      {/* Who has no mouse scrolls it by the keys of the arrows. */}
      <pre tabIndex={0} role="region" aria-label={what}>
        <code>{code}</code>
      </pre>
      <CopyButton text={code} what={what} />
    </div>
  );
}
