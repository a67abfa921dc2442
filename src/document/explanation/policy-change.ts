import type { CorsDocument, DocumentedOrigins, DocumentedPolicy } from '../cors-document.js';
import { readPolicyFields } from '../../protocol/policy/policy-fields.js';
import type { Needs } from './needs.js';

/** A policy of a document, and its origin rule. */
export interface DescribedPolicy {
  readonly policy: DocumentedPolicy;
  readonly origins: DocumentedOrigins;
}

/**
 * What somebody writes at one place: the value of each field that is written there. The same is printed as code and
 * tried in the document, so that the two cannot disagree.
 */
export interface PolicyChange {
  /** The origin rule that is there, and the origin that is added to it. */
  readonly origin?: { readonly before: DocumentedOrigins; readonly added: string };
  readonly values: Partial<Omit<DocumentedPolicy, 'origin' | 'said'>>;
}

export function describedPolicy(
  { policies, origins }: CorsDocument,
  key: string,
): DescribedPolicy | undefined {
  const policy = policies[key];
  const rules = policy && origins[policy.origin];
  return policy && rules && { policy, origins: rules };
}

/** A change of a policy that goes on from what it says; `undefined` where a list cannot go on so. */
export function changeOf(
  { policy, origins }: DescribedPolicy,
  { origin: added, ...needs }: Needs,
): PolicyChange | undefined {
  const values = readValues(changedValues(policy, needs));
  if (added === undefined) return { values };
  // Whoever adds an origin to the star writes a list, and shuts out everybody else.
  return origins.openTo === 'any' ? undefined : { origin: { before: origins, added }, values };
}

/** A policy for one origin alone, which inherits all the rest. */
export function ownChange(
  { policy }: DescribedPolicy,
  { origin: added = '', credentials, ...needs }: Needs,
): PolicyChange {
  const isSaid = credentials === undefined || credentials === policy.credentials;
  const changed = changedValues(policy, isSaid ? needs : { ...needs, credentials });
  return { origin: { before: NOBODY, added }, values: readValues(changed) };
}

/** Every field that a change writes. */
export function changedFields({ origin, values }: PolicyChange): readonly (keyof Needs)[] {
  const fields = Object.keys(values) as (keyof Needs)[];
  return origin === undefined ? fields : ['origin', ...fields];
}

/** The origin rule after a change. */
export function changedOrigins({ before, added }: NonNullable<PolicyChange['origin']>) {
  const openTo = before.openTo === 'nobody' ? 'listed' : before.openTo;
  return { ...before, openTo, exact: [...before.exact, added] } satisfies DocumentedOrigins;
}

const NOBODY: DocumentedOrigins = {
  openTo: 'nobody',
  exact: [],
  patterns: [],
  expressions: [],
  functions: [],
  resolvers: [],
};

/** As the start reads them: methods in upper case, each name once. */
function readValues(values: PolicyChange['values']): PolicyChange['values'] {
  const { origin: _origin, ...read } = readPolicyFields(values).values;
  return read;
}

function changedValues(
  policy: DocumentedPolicy,
  { credentials, methods, allowedHeaders, exposedHeaders, isolate }: Omit<Needs, 'origin'>,
): PolicyChange['values'] {
  // With credentials, browsers take the star for a name, and the start refuses it.
  const dropsStar = credentials === true && policy.exposedHeaders === '*';
  return {
    ...(credentials !== undefined && { credentials }),
    ...(methods && { methods: longer(policy.methods, methods) }),
    ...(allowedHeaders && { allowedHeaders: longer(policy.allowedHeaders, allowedHeaders) }),
    ...((exposedHeaders !== undefined || dropsStar) && {
      exposedHeaders: longer(policy.exposedHeaders, exposedHeaders ?? []),
    }),
    ...(isolate !== undefined && { isolate }),
  };
}

function longer(list: '*' | readonly string[], more: readonly string[]): readonly string[] {
  return [...(list === '*' ? [] : list), ...more];
}
