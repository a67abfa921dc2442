import type ts from 'typescript';
import type { Remark } from './left-to-person.js';
import type { MovedOption } from './option-check.js';
import { ENVIRONMENT } from './possible-values.js';
import type { WritingStyle } from './writing-style.js';

/** What @fastify/cors 11 allows where nobody says anything. */
const FEW_METHODS = ['GET', 'HEAD', 'POST'];

/** Whether a value depends on the environment. */
export const isLate = (value: unknown): boolean =>
  value === ENVIRONMENT || (Array.isArray(value) && value.some(isLate));

/** An option that has to be said here, and why. */
export interface MissingOption {
  readonly text: string;
  readonly says: string;
}

/** What was allowed where nobody said anything, and is not here. */
export function missingOptions(
  given: ReadonlyMap<MovedOption, readonly unknown[]>,
  fewMethods: boolean,
  { quote }: WritingStyle,
): readonly MissingOption[] {
  const missing: MissingOption[] = [];
  const quoted = (text: string) => quote + text + quote;
  if (!given.has('origin')) {
    const says =
      'No origin was given, which allows every origin, as before: name those that may call.';
    missing.push({ text: `origin: ${quoted('*')}`, says });
  }
  if (fewMethods && !given.has('methods')) {
    missing.push({
      text: `methods: [${FEW_METHODS.map(quoted).join(', ')}]`,
      says: 'No methods were given, and @fastify/cors then allows GET, HEAD and POST. Leave methods out to allow what is routed.',
    });
  }
  const headers = given.get('allowedHeaders') ?? [];
  if (headers.length === 0) {
    missing.push({
      text: `allowedHeaders: ${quoted('*')}`,
      says: 'No allowedHeaders were given, which allows every request header, as before. Leave them out to allow the usual ones, or name yours.',
    });
  }
  return missing;
}

/** What people have to make sure of, since it cannot be seen before the start. */
export function environmentChecks(
  given: ReadonlyMap<MovedOption, readonly unknown[]>,
  at: (name: MovedOption) => ts.Node,
): readonly Remark[] {
  return [...given].flatMap(([name, values]) =>
    values.some(isLate)
      ? [
          {
            node: at(name),
            says:
              name === 'origin'
                ? 'origin: The start now checks the value from the environment. Each origin has to be written as browsers send it, without a slash at the end; a star in it counts.'
                : `${name}: The start now checks the value from the environment.`,
          },
        ]
      : [],
  );
}

/** `cors` could not keep out the methods that browsers always allow. */
export function methodChecks(
  given: ReadonlyMap<MovedOption, readonly unknown[]>,
  at: (name: MovedOption) => ts.Node,
): readonly Remark[] {
  const values = given.get('methods') ?? [];
  const lists = values.filter((value) => typeof value === 'string' || Array.isArray(value));
  const left = FEW_METHODS.filter(
    (method) =>
      method !== 'HEAD' &&
      lists.some((list) => {
        const names = [list]
          .flat()
          .map(String)
          .join(',')
          .split(',')
          .map((name) => name.trim());
        return !names.includes(method) && !names.includes('*');
      }),
  );
  if (left.length === 0) return [];
  const says = `methods: ${left.join(' and ')} got through anyway, since browsers do not ask for ${left.length === 1 ? 'it' : 'them'}. From now on the list counts.`;
  return [{ node: at('methods'), says }];
}
