import type { ComponentChildren } from 'preact';

export interface PageOfPartsProps {
  readonly heading: ComponentChildren;
  readonly parts: readonly { readonly name: string; readonly title: string }[];
  /** The name of the part that is shown. */
  readonly current: string;
  /** Links beside those to the parts. */
  readonly links?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page of parts, each with an address of its own: its heading, the links to them, and the one that is shown. */
export function PageOfParts({ heading, parts, current, links, children }: PageOfPartsProps) {
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <h1>{heading}</h1>
        <nav class="parts" aria-label="Parts">
          {parts.map(({ name, title }) => (
            <a key={name} href={`#/${name}`} aria-current={name === current ? 'page' : undefined}>
              {title}
            </a>
          ))}
          {links}
        </nav>
      </header>
      <main id="content" tabIndex={-1} class="stack" data-part={current}>
        {children}
      </main>
    </>
  );
}

/** A link to `#content` would be taken for a part's address. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#content')?.focus();
}
