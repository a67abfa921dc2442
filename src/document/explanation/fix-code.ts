import { quoted } from '../../protocol/origin/origin-pattern.js';
import type { CorsDocument } from '../cors-document.js';
import type { ChangedDocument, Scope } from './changed-document.js';
import type { CorsFix } from './cors-explanation.js';
import type { Needs } from './needs.js';
import type { PolicyChange } from './policy-change.js';
import { fieldsOf, objectOf, optionFields, pair, refinement } from './policy-code.js';
import { listed } from './short-text.js';
import type { FailedRequest } from './server-fixes.js';

/** A change as the line to write; `undefined` where none says it well. */
export function describeFix(
  { document, question }: FailedRequest,
  scope: Scope,
  needs: Needs,
  changed: ChangedDocument,
): CorsFix | undefined {
  const line = lineOf(document, scope, changed);
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
  { change, key }: ChangedDocument,
): Line | undefined {
  const isDecorated =
    scope.kind === 'handler' ||
    document.routes.some(({ handler }) => handler.startsWith(`${scope.name}.`));
  if (scope.kind === 'place' || !scope.own) {
    return isDecorated
      ? { kind: 'decorator', code: `@Cors(${refinement(change)})` }
      : optionLine(change);
  }
  const own = objectOf(fieldsOf(change));
  const name = Object.entries(document.named).find(([, each]) => each === key)?.[0];
  const list = `[${own}, ${name === undefined ? '{}' : quoted(name)}]`;
  if (isDecorated) return { kind: 'decorator', code: `@Cors(${list})` };
  // A list in the place of an entry's policy goes on from the defaults, not from what the entry said.
  if (name === undefined && key !== document.defaults) return undefined;
  return { kind: 'option', field: 'policy', code: `policy: ${list}` };
}

function optionLine(change: PolicyChange): Line | undefined {
  const fields = optionFields(change);
  if (fields !== undefined) {
    const [first, ...others] = fields;
    const code = fields.map(pair).join(', ');
    return { kind: 'option', code, ...(first && others.length === 0 && { field: first[0] }) };
  }
  // Code, or a long list, that stands in the file already.
  const { origin, values } = change;
  return origin !== undefined && Object.keys(values).length === 0
    ? { kind: 'member', field: 'origin', code: quoted(origin.added) }
    : undefined;
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
        : `Write it at ${scope.name}, in place of its ${field ?? 'these'}`,
    member: `Add it to ${field ?? 'origin'} at ${scope.name}`,
    call: '',
  }[kind];
  const isOwn = scope.kind !== 'place' && scope.own;
  const pages =
    isOwn || needs.origin !== undefined ? `pages of ${origin}` : 'the origins that it allows';
  const withCookies = changed.some((key) => document.policies[key]?.credentials === true);
  const what = [
    ...(routes > 0 ? [counted(routes, 'route', 'routes')] : []),
    ...(paths > 0 ? [counted(paths, 'paths entry', 'paths entries')] : []),
    ...(routes + paths === 0 ? ['what nothing serves'] : []),
  ];
  const caution =
    origin === 'null' && needs.origin !== undefined
      ? ' Any site can make its pages send null, so this admits all of them.'
      : '';
  return `${where}: it opens ${listed(what)} to ${pages}, ${withCookies ? 'with' : 'without'} cookies.${caution}`;
}

function counted(count: number, one: string, more: string): string {
  return count === 1 ? `one ${one}` : `${String(count)} ${more}`;
}
