import type { FetchStep } from './fetch-step.js';

/**
 * What Chromium's console says of the step that did not pass; `undefined` where it says nothing of CORS. Chromium,
 * `third_party/blink/renderer/platform/loader/cors/cors_error_string.cc`.
 */
export function consoleMessage(step: FetchStep, pageOrigin: string): string | undefined {
  switch (step.name) {
    case 'call':
      if (step.fault === undefined) return undefined;
      return `Failed to execute 'fetch' on 'Window': ${
        step.fault === 'forbidden-method'
          ? `'${step.method}' HTTP method is unsupported.`
          : `'${step.method}' is unsupported in no-cors mode.`
      }`;
    case 'tainting':
      if (step.fault !== 'same-origin-mode') return undefined;
      return `Fetch API cannot load ${step.url}. Request mode is "same-origin" but the URL's origin is not same as the request origin ${pageOrigin}.`;
    case 'preflight': {
      if (step.fault === undefined) return undefined;
      const { url, method, unsafeNames } = step.question;
      return blocked(url, pageOrigin, preflightFault(step, method, unsafeNames));
    }
    case 'cors-check':
      if (step.fault === undefined) return undefined;
      return blocked(step.url, pageOrigin, checkFault(step.fault, step));
    default:
      return undefined;
  }
}

function blocked(url: string, origin: string, why: string): string {
  return `Access to fetch at '${url}' from origin '${origin}' has been blocked by CORS policy: ${why}`;
}

type PreflightStep = Extract<FetchStep, { name: 'preflight' }>;
type CheckStep = Extract<FetchStep, { name: 'cors-check' }>;

function preflightFault(step: PreflightStep, method: string, names: readonly string[]): string {
  const { fault, response, question } = step;
  switch (fault) {
    case undefined:
      return '';
    case 'method-not-listed':
      return `Method ${method} is not allowed by Access-Control-Allow-Methods in preflight response.`;
    case 'header-not-listed':
      return `Request header field ${step.unlisted ?? names[0] ?? ''} is not allowed by Access-Control-Allow-Headers in preflight response.`;
    case 'no-ok-status':
      return `Response to preflight request doesn't pass access control check: It does not have HTTP ok status.`;
    default:
      return `Response to preflight request doesn't pass access control check: ${checkFault(fault, { response, origin: question.origin })}`;
  }
}

function checkFault(
  fault: NonNullable<CheckStep['fault']>,
  { response: { headers }, origin }: Pick<CheckStep, 'response' | 'origin'>,
): string {
  switch (fault) {
    case 'no-allow-origin':
      return "No 'Access-Control-Allow-Origin' header is present on the requested resource.";
    case 'wildcard-with-credentials':
      return "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.";
    case 'other-origin':
      return `The 'Access-Control-Allow-Origin' header has a value '${headers['access-control-allow-origin'] ?? ''}' that is not equal to the supplied origin '${origin}'.`;
    case 'credentials-not-allowed':
      return `The value of the 'Access-Control-Allow-Credentials' header in the response is '${headers['access-control-allow-credentials'] ?? ''}' which must be 'true' when the request's credentials mode is 'include'.`;
  }
}
