import { type ConfigurationProblem, isWarning } from '../../protocol/configuration-error.js';
import { readOriginRegExp } from '../../protocol/origin/origin-regexp.js';
import { BUILT_IN_POLICY, checkPolicy, place, refine } from '../../protocol/policy/policy.js';
import { readPolicyFields } from '../../protocol/policy/policy-fields.js';
import type { CorsDocument } from '../cors-document.js';
import { readExpression } from '../read-document.js';
import type { ChangedDocument } from './changed-document.js';

/** What would stop the start of an application with the changed policies: the checks of the start itself. */
export async function startProblems({
  document,
  changed,
}: ChangedDocument): Promise<readonly ConfigurationProblem[]> {
  const problems: ConfigurationProblem[] = [];
  for (const key of changed) problems.push(...(await problemsOf(document, key)));
  return problems.filter((problem) => !isWarning(problem));
}

async function problemsOf(
  { policies, origins }: CorsDocument,
  key: string,
): Promise<readonly ConfigurationProblem[]> {
  const policy = policies[key];
  const rules = policy && origins[policy.origin];
  if (policy === undefined || rules === undefined) return [];
  const { said: _said, ...values } = policy;
  const { openTo, exact, patterns, expressions } = rules;
  const origin = [
    ...(openTo === 'any' ? ['*'] : []),
    ...exact,
    ...patterns,
    ...expressions.flatMap((each) => readExpression(each) ?? []),
    // Of code nothing is checked but that it is there.
    ...[...rules.functions, ...rules.resolvers].map(() => () => false),
  ];
  const fields = readPolicyFields({ ...values, origin });
  const regexps = await Promise.all((fields.originRules?.regexps ?? []).map(readOriginRegExp));
  const resolved = refine(BUILT_IN_POLICY, fields, place(key, 1));
  return [
    ...fields.problems,
    ...regexps.flatMap((each) => each.problems),
    ...(await checkPolicy(
      resolved,
      regexps.flatMap(({ expression }) => expression ?? []),
    )),
  ];
}
