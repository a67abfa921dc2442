export { Cors } from './cors.decorator.js';
export { CorsGuard } from './enforcement/cors.guard.js';
export { CorsInterceptor } from './enforcement/cors.interceptor.js';
export { CorsModule } from './cors.module.js';
// Whoever adds to the interface in it finds it under the package's name only so.
export * from './cors-policy-names.js';
export type {
  CorsModuleOptions,
  CorsOptionsFactory,
  CorsPathOptions,
  CorsPolicyInput,
} from './cors-options.js';
export type { CorsDecision } from './decision/cors-decision.js';
export type {
  CorsDocument,
  DocumentedOrigins,
  DocumentedPath,
  DocumentedPolicy,
  DocumentedRoute,
} from './document/cors-document.js';
export type {
  CorsExplanation,
  CorsFix,
  CorsStep,
  CorsStepName,
  DecidingRule,
  PageQuestion,
} from './document/explanation/cors-explanation.js';
export { explainRequest } from './explain-request.js';
export { explanationText } from './document/explanation-text.js';
export { CorsPolicyService } from './cors-policy.service.js';
export type { CorsQuestion } from './decision/cors-question.js';
export { type CorsDecisionEvent, DECISION_CHANNEL } from './observation/decision-channel.js';
export type { GatewayCors } from './enforcement/gateway-cors.js';
export type { CorsRoute } from './configuration/policy-set.js';
export {
  CorsConfigurationError,
  type CorsConfigurationErrorCode,
  type CorsConfigurationIssue,
  type CorsConfigurationWarningCode,
} from './protocol/configuration-error.js';
export type { OriginCacheOptions } from './protocol/origin/origin-cache-options.js';
export type { CorsRefusalReason } from './protocol/decision/verdict.js';
export type {
  CorsOriginFunction,
  CorsOriginResolver,
  CorsOriginResolverClass,
  CorsOriginRule,
  CorsPolicy,
  CorsPolicyOptions,
  CorsRequest,
} from './protocol/policy/policy-options.js';
export { DEFAULT_ALLOWED_HEADERS } from './protocol/policy/request-headers.js';
