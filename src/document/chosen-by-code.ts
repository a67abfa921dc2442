import type { CorsDocument, DocumentedRoute } from './cors-document.js';

/**
 * Whether code of the application decides which requests for its URL a route serves: by custom versioning, or by
 * constraints of Fastify. A document does not hold it.
 */
export function isChosenByCode(
  { router }: Pick<CorsDocument, 'router'>,
  { versions, constraints = {} }: DocumentedRoute,
): boolean {
  return (
    (versions !== undefined && router?.versioning?.type === 'custom') ||
    Object.keys(constraints).some((name) => name !== 'host')
  );
}
