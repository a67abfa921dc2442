import type { ConfigurationProblem } from '../configuration-error.js';

/** The second parameter of a function, and what follows the parameters. */
const SECOND_PARAMETER =
  /^(?:async\b\s*)?(?:function\b\s*)?(?:[\w$]+\s*)?\(\s*[\w$]+\s*,\s*([\w$]+)\s*[,)](.*)/s;

/** What the `cors` package and its users call the function that takes the answer. */
const CALLBACK_NAME = /^(?:callback|cb|done)$/;

/**
 * The problem of a function that gives its answer to a callback, as the `cors` package has it. Here its second
 * argument is the request, which cannot be called; so that calling it is a mistake, whatever its name.
 */
export function checkOriginCallback(rule: unknown): readonly ConfigurationProblem[] {
  if (typeof rule !== 'function') return [];
  const [, name = '', rest = ''] =
    SECOND_PARAMETER.exec(Function.prototype.toString.call(rule)) ?? [];
  const word = name.replaceAll('$', '\\$');
  const uses = CALLBACK_NAME.test(name)
    ? new RegExp(`(?<![\\w$.])${word}(?![\\w$])`)
    : new RegExp(`(?<![\\w$.])${word}\\s*\\(`);
  if (!uses.test(rest)) return [];
  return [
    {
      code: 'invalid-origin',
      value: rule,
      message: `The origin function passes its answer to "${name}", as with the cors package; here that parameter is the request.`,
      hint: 'Return the answer: (origin) => boolean or Promise<boolean>.',
    },
  ];
}
