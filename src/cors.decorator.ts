import type { CorsPolicyInput } from './cors-options.js';
import type { CorsPolicyName } from './cors-policy-names.js';
import type { CorsPolicyOptions } from './protocol/policy/policy-options.js';

const CORS_POLICY = Symbol('nestjs-cors:policy');

/** What one `@Cors()` or one `paths` entry says. */
export interface Declaration {
  /** `undefined` stands for an empty `@Cors()`. */
  readonly policy: CorsPolicyInput | undefined;
  /** What replaces fields of a policy that is given by name. */
  readonly options?: CorsPolicyOptions | undefined;
}

/**
 * Sets the CORS policy of a controller, or of one handler.
 *
 * | use | meaning |
 * | --- | --- |
 * | `@Cors({ maxAge: 60 })` | refines what is inherited (controller from module, handler from controller), field by field |
 * | `@Cors('partners')` | starts over: the module's defaults plus the fields of that named policy |
 * | `@Cors('partners', { maxAge: 60 })` | the same, with these fields replaced |
 * | `@Cors()` | starts over: the module's defaults |
 * | `@Cors(false)` | nobody: `{ origin: false }` |
 * | `@Cors((inherited) => ({ … }))` | receives what is inherited, returns the fields to change |
 * | `@Cors(['app', 'public'])` | several policies: the first one whose origin rule allows the origin holds, and where none does, the request is refused as the last one says |
 *
 * A list holds names and objects, each of which means what it does alone. What refines an inherited list refines each
 * of its policies; a function is called for each.
 *
 * On what no route leads to (a GraphQL resolver, a gateway, a message handler) it is an error.
 *
 * Works on base classes of controllers and inside `applyDecorators()`. Several on one target apply in the
 * order in which decorators do, the one nearest to the target first. Mistakes are reported when the
 * application starts, as `CorsConfigurationError`.
 *
 * @see {@link https://docs.nestjs.com/custom-decorators}
 */
export function Cors(policy?: CorsPolicyInput): ClassDecorator & MethodDecorator;
export function Cors(
  name: CorsPolicyName,
  options: CorsPolicyOptions,
): ClassDecorator & MethodDecorator;
export function Cors(
  policy?: CorsPolicyInput,
  options?: CorsPolicyOptions,
): ClassDecorator & MethodDecorator {
  return (target: object, _property?: string | symbol, descriptor?: { value?: unknown }): void => {
    const declared = typeof descriptor?.value === 'function' ? descriptor.value : target;
    const declaration: Declaration = { policy, options };
    Reflect.defineMetadata(CORS_POLICY, [...ownDeclarations(declared), declaration], declared);
  };
}

function ownDeclarations(target: object): readonly Declaration[] {
  return (Reflect.getOwnMetadata(CORS_POLICY, target) as Declaration[] | undefined) ?? [];
}

/** Whether `@Cors()` is written on this very class or method. */
export function hasOwnCorsDeclarations(target: object): boolean {
  return Reflect.hasOwnMetadata(CORS_POLICY, target);
}

/** What `@Cors()` says on a controller, its base classes included, or on a handler. */
export function corsDeclarations(target: object): readonly Declaration[] {
  return (Reflect.getMetadata(CORS_POLICY, target) as Declaration[] | undefined) ?? [];
}
