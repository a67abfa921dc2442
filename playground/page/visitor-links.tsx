import type { Setup } from '../page-server.js';
import type { VisitorId } from '../visitors.js';

export const ABOUT_VISITORS: Readonly<Record<VisitorId, string>> = {
  shop: 'the bookshop’s own front end',
  partner: 'a partner’s front end',
  stranger: 'any other page of the web',
};

/** The same place of the playground, as a page of each of the origins. */
export function VisitorLinks({ setup }: { readonly setup: Setup }) {
  return (
    <nav aria-label="Look from another origin">
      <ul class="visitors">
        {setup.visitors.map(({ id, name, origin }) => (
          <li key={id}>
            <a
              href={origin + location.hash}
              data-visitor={id}
              aria-current={id === setup.here ? 'page' : undefined}
            >
              <strong>{name}</strong> <span class="mono">:{new URL(origin).port}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
