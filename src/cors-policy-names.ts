/**
 * The names of the application's policies. Declare them, and every other name is a compile error, in `@Cors()`, in
 * lists and in `CorsPolicyService`; as long as none is declared, any string is taken.
 *
 * ```ts
 * declare module 'nestjs-cors' {
 *   interface CorsPolicyNames {
 *     app: true;
 *     public: true;
 *   }
 * }
 * ```
 *
 * @see {@link https://www.typescriptlang.org/docs/handbook/declaration-merging.html}
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- applications fill it
export interface CorsPolicyNames {}

/** The name of a policy: one of {@link CorsPolicyNames}, if any are declared there. */
export type CorsPolicyName = keyof CorsPolicyNames extends never
  ? string
  : Extract<keyof CorsPolicyNames, string>;
