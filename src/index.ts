export { Cors } from './cors.decorator.js';
export { CorsGuard } from './cors.guard.js';
export { CorsInterceptor } from './cors.interceptor.js';
export { CorsModule } from './cors.module.js';
export type {
  CorsModuleOptions,
  CorsOptionsFactory,
  CorsPathOptions,
  CorsPolicyInput,
} from './cors-options.js';
export type { CorsDecision } from './cors-decision.js';
export { CorsPolicyService, type CorsQuestion } from './cors-policy.service.js';
export { type CorsDecisionEvent, DECISION_CHANNEL } from './decision-channel.js';
export type { GatewayCors } from './gateway-cors.js';
export type { CorsRoute } from './policy-set.js';
export {
  CorsConfigurationError,
  type CorsConfigurationErrorCode,
  type CorsConfigurationIssue,
  type CorsConfigurationWarningCode,
} from './protocol/configuration-error.js';
export type { OriginCacheOptions } from './protocol/origin-cache.js';
export type { CorsRefusalReason } from './protocol/decision.js';
export type {
  CorsOriginFunction,
  CorsOriginResolver,
  CorsOriginResolverClass,
  CorsOriginRule,
  CorsPolicy,
  CorsPolicyOptions,
  CorsRequest,
} from './protocol/policy-options.js';
export { DEFAULT_ALLOWED_HEADERS } from './protocol/request-headers.js';
