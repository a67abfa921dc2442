import { type ConfigurationProblem, isWarning } from '../../protocol/configuration-error.js';
import { readPolicyFields } from '../../protocol/policy/policy-fields.js';
import type { DocumentedApplication } from '../documented-application.js';
import type { ChangedDocument } from './changed-document.js';

/** What would stop the start of an application with a change: the checks of the start itself. */
export async function startProblems(
  { change, changed }: ChangedDocument,
  application: DocumentedApplication,
): Promise<readonly ConfigurationProblem[]> {
  const problems: ConfigurationProblem[] = [...readPolicyFields(change.values).problems];
  const checked = new Set<string>();
  for (const key of changed) {
    const { said: _said, ...values } = application.document.policies[key] ?? {};
    // Thousands of policies may differ in nothing but their places.
    const text = JSON.stringify(values);
    if (checked.has(text)) continue;
    checked.add(text);
    problems.push(...(await application.problemsOf(key)));
  }
  return problems.filter((problem) => !isWarning(problem));
}

/**
 * Whether a list has a policy that another one before it leaves nothing to: with the same rule, which is code, and the
 * same cookies. The start refuses such a list.
 */
export function hasPreempted({
  document: { policies, origins, routes, paths },
  changed,
}: ChangedDocument): boolean {
  const isChanged = new Set(changed);
  const lists = [...routes, ...paths].map((holder) => holder.policies);
  return lists.some(
    (keys) =>
      keys.some((key) => isChanged.has(key)) &&
      keys.some((key, index) =>
        keys.slice(0, index).some((before) => {
          const [first, second] = [policies[before], policies[key]];
          if (first === undefined || first.origin !== second?.origin) return false;
          const openTo = origins[first.origin]?.openTo;
          return openTo === 'asked' && (second.credentials || !first.credentials);
        }),
      ),
  );
}
