import type { ComponentChildren } from 'preact';

export interface NoticeProps {
  readonly tone: 'good' | 'bad' | 'warn' | 'quiet';
  readonly children: ComponentChildren;
}

/** A sentence that somebody has to see. What is bad is read out at once. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div class={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
