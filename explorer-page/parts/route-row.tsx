import { useState } from 'preact/hooks';
import type {
  DocumentedOrigins,
  DocumentedPolicy,
  OpenTo,
} from '../../src/document/cors-document.js';
import {
  type DocumentedPlace,
  examplePathOf,
  type PlacePolicy,
  whoMayCall,
} from '../documented-places.js';
import { hrefOf } from '../location-state.js';

const TONES: Readonly<Record<OpenTo, string>> = {
  any: 'tone-warn',
  listed: 'from-list',
  asked: 'tone-veil',
  nobody: 'tone-quiet',
};

/** One route or `paths` entry; opened, every field of its policies and who said it. */
export function RouteRow({ place }: { readonly place: DocumentedPlace }) {
  const [isOpen, setOpen] = useState(false);
  const { method, path, by, policies, openTo, withCookies, hosts, versions } = place;
  return (
    <li>
      <details
        class="route"
        onToggle={({ currentTarget }) => {
          setOpen(currentTarget.open);
        }}
      >
        <summary>
          <span class="method">{method}</span>
          <span class="route-path">
            <code>{path}</code>
            <span class="muted small"> {by}</span>
          </span>
          <span class="who">
            {policies.map(({ name, origins }) => (
              <span key={name} class={`outcome ${TONES[origins.openTo]}`}>
                {origins.openTo === 'nobody' ? 'closed' : whoMayCall(origins)}
              </span>
            ))}
            {withCookies && openTo !== 'nobody' && <span class="outcome tone-warn">cookies</span>}
          </span>
        </summary>
        {isOpen && (
          <div class="route-details stack">
            {(hosts.length > 0 || versions.length > 0) && (
              <p class="small muted">
                {hosts.length > 0 && `Hosts: ${hosts.join(', ')}. `}
                {versions.length > 0 && `Versions: ${versions.join(', ')}.`}
              </p>
            )}
            {policies.length > 1 && (
              <p class="small">
                Several policies: the first one whose origin rule allows an origin holds for it.
              </p>
            )}
            {policies.map((each) => (
              <PolicyTable key={each.name} {...each} />
            ))}
            <p class="row">
              <a class="button" href={hrefOf('what-if', questionOf(place))}>
                What if a page calls it?
              </a>
              <a class="button" href={hrefOf('matrix', new URLSearchParams({ search: path }))}>
                In the matrix
              </a>
            </p>
          </div>
        )}
      </details>
    </li>
  );
}

function questionOf({ method, path, policies }: DocumentedPlace): URLSearchParams {
  const origin = policies.flatMap(({ origins }) => origins.exact)[0];
  return new URLSearchParams({
    ...(origin !== undefined && { origin }),
    ...(method !== '*' && method !== 'ALL' && method !== 'GET' && { method }),
    url: examplePathOf(path),
  });
}

type Field = keyof Omit<DocumentedPolicy, 'said'>;

/** What every policy is looked at for; the others are shown where somebody said them. */
const ALWAYS: readonly Field[] = [
  'origin',
  'credentials',
  'methods',
  'allowedHeaders',
  'exposedHeaders',
  'maxAge',
];

function PolicyTable({ name, policy, origins }: PlacePolicy) {
  const { said, ...fields } = policy;
  const shown = (Object.keys(fields) as Field[])
    .filter((field) => ALWAYS.includes(field) || said[field] !== undefined)
    .sort((a, b) => rank(a) - rank(b));
  return (
    <div class="policy">
      <h3>
        <code>{name}</code>
      </h3>
      <dl class="fields">
        {shown.map((field) => (
          <div key={field}>
            <dt>
              <code>{field}</code>
            </dt>
            <dd>
              {field === 'origin' ? <Origins origins={origins} /> : <Value value={fields[field]} />}
            </dd>
            <dd class="said">
              {said[field] === undefined ? (
                'built-in default'
              ) : (
                <>
                  <span class="for-readers">said by </span>
                  <code>{said[field]}</code>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function rank(field: Field): number {
  const place = ALWAYS.indexOf(field);
  return place < 0 ? ALWAYS.length : place;
}

/** As many origins are shown before the rest is asked for. */
const SHOWN = 12;

function Origins({ origins }: { readonly origins: DocumentedOrigins }) {
  const [isWhole, setWhole] = useState(false);
  const { openTo, exact, patterns, expressions, functions, resolvers } = origins;
  if (openTo === 'any') return <>any origin</>;
  if (openTo === 'nobody') return <>nobody</>;
  const all = [
    ...[...exact, ...patterns, ...expressions].map((rule) => [rule, ''] as const),
    ...functions.map((rule) => [rule, ' (a function, asked)'] as const),
    ...resolvers.map((rule) => [rule, ' (a resolver, asked)'] as const),
  ];
  const rest = all.length - SHOWN;
  return (
    <ul class="plain">
      {(isWhole ? all : all.slice(0, SHOWN)).map(([rule, what]) => (
        <li key={rule}>
          <code>{rule}</code>
          {what}
        </li>
      ))}
      {!isWhole && rest > 0 && (
        <li>
          <button
            type="button"
            onClick={() => {
              setWhole(true);
            }}
          >
            {rest.toLocaleString('en')} more
          </button>
        </li>
      )}
    </ul>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (Array.isArray(value)) return <code>{value.length === 0 ? 'none' : value.join(', ')}</code>;
  return <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>;
}
