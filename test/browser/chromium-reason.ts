import type { CorsFault } from '../../src/fetch/cors-check.js';
import type { FetchStep } from '../../src/fetch/fetch-step.js';
import { isRedirectStatus } from '../../src/fetch/redirect.js';
import type { WireResponse } from '../../src/fetch/request.js';

/*
 * What Chromium calls the step of Fetch that did not pass: the names of `network::mojom::CorsError` (Chromium,
 * services/network/public/mojom/cors.mojom) without their `k`, and the parameter that it gives with it.
 */

/** `CheckAccess()` (Chromium, services/network/public/cpp/cors/cors.cc); for preflights with `Preflight` in front. */
const CORS_CHECK: Readonly<Record<CorsFault, string>> = {
  'no-allow-origin': 'MissingAllowOriginHeader',
  'wildcard-with-credentials': 'WildcardOriginNotAllowed',
  'other-origin': 'AllowOriginMismatch',
  'credentials-not-allowed': 'InvalidAllowCredentials',
};

/**
 * The reason for which Chromium refuses, or those of which it gives one; none where CORS is not it, and it says nothing
 * but that it failed.
 */
export function chromiumReasons(step: FetchStep): readonly string[] {
  if (!('fault' in step)) return [];
  switch (step.name) {
    case 'tainting':
      // `FetchLoader::Start()` (Chromium, third_party/blink/renderer/core/fetch/fetch_manager.cc), and after a redirect
      // `CorsURLLoader::StartRequest()` (services/network/cors/cors_url_loader.cc).
      if (step.fault === 'same-origin-mode') return ['DisallowedByMode'];
      return step.fault === 'no-cors-redirect' ? ['NoCorsRedirectModeNotFollow'] : [];
    case 'preflight':
      return preflightReasons(step);
    case 'cors-check':
      return [corsCheckReason(step.fault, step.response)];
    // What is no error of CORS: a method that no page may use, `redirect: 'error'`.
    case 'call':
    case 'redirect':
      return [];
  }
}

/** `PreflightLoader` (Chromium, services/network/cors/preflight_controller.cc). */
function preflightReasons(step: Extract<FetchStep, { name: 'preflight' }>): readonly string[] {
  const { fault, response, question, unlisted = [] } = step;
  // `HandleRedirect()` is called before there is any answer to check.
  if (isRedirectStatus(response.status) && response.headers['location'] !== undefined) {
    return ['PreflightDisallowedRedirect'];
  }
  switch (fault) {
    case undefined:
      return [];
    case 'no-ok-status':
      return ['PreflightInvalidStatus'];
    // `PreflightResult::EnsureAllowedCrossOriginMethod()` and `…Headers()` (services/network/cors/preflight_result.cc).
    case 'method-not-listed':
      return [`MethodDisallowedByPreflightResponse ${question.method}`];
    // Which of several it names goes by the hash table of all headers that are sent: `HTTPHeaderMap` (Chromium,
    // third_party/blink/renderer/platform/network/http_header_map.h).
    case 'header-not-listed':
      return unlisted.map((name) => `HeaderDisallowedByPreflightResponse ${name}`);
    case 'private-network-not-allowed':
      return ['PreflightMissingAllowPrivateNetwork'];
    default:
      return [`Preflight${corsCheckReason(fault, response)}`];
  }
}

function corsCheckReason(fault: CorsFault, { headers }: WireResponse): string {
  const name = CORS_CHECK[fault];
  return fault === 'other-origin'
    ? `${name} ${headers['access-control-allow-origin'] ?? ''}`
    : name;
}
