import type { CorsDocument } from '../cors-document.js';
import { type ChangedDocument, isModulePlace, type Scope } from './changed-document.js';
import type { CorsFix } from './cors-explanation.js';
import type { Needs } from './needs.js';
import { type DescribedPolicy, optionFields, ownPolicy, pair, refinement } from './policy-code.js';
import { quoted } from '../../protocol/origin/origin-pattern.js';
import { listed } from './short-text.js';
import type { FailedRequest } from './server-fixes.js';

/** A change as the line to write; `undefined` where none says it well. */
export function describeFix(
  { document, holders, question }: FailedRequest,
  scope: Scope,
  needs: Needs,
  changed: ChangedDocument,
): CorsFix | undefined {
  const key = changedKey(
    document,
    holders.flatMap(({ policies }) => policies),
    scope,
    needs,
  );
  const described = key === undefined ? undefined : describedPolicy(document, key);
  if (key === undefined || described === undefined) return undefined;
  const line = lineOf(document, scope, needs, described, key);
  return (
    line && {
      side: 'server',
      place: scope.name,
      reach: changed.reach.routes + changed.reach.paths,
      ...line,
      sentence: sentenceOf(line, scope, question.origin, changed, needs),
    }
  );
}

type Line = Pick<CorsFix, 'kind' | 'code' | 'field'>;

function lineOf(
  document: CorsDocument,
  scope: Scope,
  needs: Needs,
  described: DescribedPolicy,
  key: string,
): Line | undefined {
  if (scope.kind === 'entry') {
    return scope.own ? ownEntry(document, described, needs, key) : optionLine(described, needs);
  }
  if (scope.kind === 'handler') {
    const argument = scope.own
      ? `[${ownPolicy(described, needs)}, ${nameOf(document, key) ?? '{}'}]`
      : refinement(described, needs);
    return { kind: 'decorator', code: `@Cors(${argument})` };
  }
  const isController = document.routes.some(({ handler }) => handler.startsWith(`${scope.name}.`));
  return isController
    ? { kind: 'decorator', code: `@Cors(${refinement(described, needs)})` }
    : optionLine(described, needs);
}

function optionLine(described: DescribedPolicy, needs: Needs): Line | undefined {
  const fields = optionFields(described, needs);
  if (fields !== undefined) {
    const [first, ...others] = fields;
    const code = fields.map(pair).join(', ');
    return { kind: 'option', code, ...(first && others.length === 0 && { field: first[0] }) };
  }
  // Code, or a long list, that stands in the file already.
  const isOriginAlone = Object.keys(needs).join() === 'origin';
  return isOriginAlone && needs.origin !== undefined
    ? { kind: 'member', field: 'origin', code: quoted(needs.origin) }
    : undefined;
}

/** A list in the place of the entry's policy, which goes on from the module's defaults. */
function ownEntry(
  document: CorsDocument,
  described: DescribedPolicy,
  needs: Needs,
  key: string,
): Line | undefined {
  const rest = nameOf(document, key) ?? (key === document.defaults ? '{}' : undefined);
  return rest === undefined
    ? undefined
    : {
        kind: 'option',
        field: 'policy',
        code: `policy: [${ownPolicy(described, needs)}, ${rest}]`,
      };
}

/** A named policy that is this one, as TypeScript. */
function nameOf({ named }: CorsDocument, key: string): string | undefined {
  const name = Object.entries(named).find(([, each]) => each === key)?.[0];
  return name === undefined ? undefined : quoted(name);
}

/** Of the policies that hold, the one that the change is about. */
function changedKey(
  { policies }: CorsDocument,
  keys: readonly string[],
  scope: Scope,
  needs: Needs,
): string | undefined {
  if (scope.kind !== 'place') return keys[0];
  const fields = Object.keys(needs) as (keyof Needs)[];
  return keys.find((key) =>
    fields.every((field) => {
      const said = policies[key]?.said[field];
      return said === scope.name || (said === undefined && isModulePlace(scope.name));
    }),
  );
}

export function describedPolicy(
  { policies, origins }: CorsDocument,
  key: string,
): DescribedPolicy | undefined {
  const policy = policies[key];
  const rules = policy && origins[policy.origin];
  return policy && rules && { policy, origins: rules };
}

function sentenceOf(
  { kind, field }: Line,
  scope: Scope,
  origin: string,
  { reach: { routes, paths }, document, changed }: ChangedDocument,
  needs: Needs,
): string {
  const where = {
    decorator: `Write it above ${scope.name}, and above any @Cors() that stands there`,
    option:
      scope.kind === 'entry' && field !== 'policy'
        ? `Write it into the policy of ${scope.name} (into options, where policy is a name)`
        : `Write it at ${scope.name}, in place of what it says of ${field ?? 'these'}`,
    member: `Add it to ${field ?? 'origin'} at ${scope.name}`,
    call: '',
  }[kind];
  const isOwn = scope.kind !== 'place' && scope.own;
  const whom = isOwn || needs.origin !== undefined ? `pages of ${origin}` : 'whom it allows';
  const withCookies = changed.some((key) => document.policies[key]?.credentials === true);
  const what = [
    ...(routes > 0 ? [counted(routes, 'route', 'routes')] : []),
    ...(paths > 0 ? [counted(paths, 'paths entry', 'paths entries')] : []),
  ];
  const caution =
    origin === 'null' && needs.origin !== undefined
      ? ' Any site can make its pages send null, so that this admits all of them.'
      : '';
  return `${where}: it opens ${listed(what)} to ${whom}, ${withCookies ? 'with' : 'without'} cookies.${caution}`;
}

function counted(count: number, one: string, more: string): string {
  return count === 1 ? `one ${one}` : `${String(count)} ${more}`;
}
